import { CHAMPION_LOSSES, type ChampionLoss, type MutualStep } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBodies, IsDateOnly, IsId, IsName } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { mapUseCase } from './map-use-case.js';
import { agreeMutualPlan, identifyChampion, loseChampion } from './relationship-map.decisions.js';

/** Somebody at the client who speaks for us where we are not. */
export class IdentifyChampion extends AggregateCommand {
  @IsId() stakeholderId!: string;
}

export const identifyChampionCase = mapUseCase(IdentifyChampion, 'identify-champion', {
  needs: [Stakeholders],
  async prepare({ id, stakeholderId }, _map, [stakeholders]) {
    await stakeholders.assertActive(id, stakeholderId);
  },
  decide: (map, { stakeholderId }) => identifyChampion(map, stakeholderId),
});

const TOLD_LOSSES = CHAMPION_LOSSES.filter((loss) => loss !== 'departed');

/** That a champion departs is said by the departure. */
export class LoseChampion extends AggregateCommand {
  @IsId() stakeholderId!: string;
  @IsIn(TOLD_LOSSES) loss!: ChampionLoss;
}

export const loseChampionCase = mapUseCase(LoseChampion, 'lose-champion', {
  decide: (map, { stakeholderId, loss }) => loseChampion(map, stakeholderId, loss),
});

class MutualStepBody implements MutualStep {
  @IsName(200) title!: string;
  @IsIn(['us', 'client']) by!: 'us' | 'client';
  @IsDateOnly() dueOn!: string;
}

/** What a champion and we do by when. */
export class AgreeMutualPlan extends AggregateCommand {
  @IsId() stakeholderId!: string;
  @IsBodies(() => MutualStepBody, 50, 1) steps!: MutualStepBody[];
}

export const agreeMutualPlanCase = mapUseCase(AgreeMutualPlan, 'agree-mutual-plan', {
  decide: (map, { stakeholderId, steps }) => agreeMutualPlan(map, stakeholderId, steps.map(({ title, by, dueOn }) => ({ title, by, dueOn }))),
});
