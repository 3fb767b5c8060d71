import { INFLUENCE_STRENGTHS, type InfluenceStrength } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { mapUseCase } from './map-use-case.js';
import { linkInfluence, unlinkInfluence } from './relationship-map.decisions.js';

/** Somebody of this account has the ear of somebody else, here or at another client. Circles are free. */
export class LinkInfluence extends AggregateCommand {
  @IsId() fromId!: string;
  @IsId() toId!: string;
  @IsIn(INFLUENCE_STRENGTHS) strength!: InfluenceStrength;
}

export const linkInfluenceCase = mapUseCase(LinkInfluence, 'link-influence', {
  needs: [Stakeholders],
  async prepare({ id, fromId, toId }, _map, [stakeholders]) {
    await stakeholders.assertActive(id, fromId);
    await stakeholders.active(toId);
  },
  decide: (map, { fromId, toId, strength }) => linkInfluence(map, { fromId, toId, strength }),
});

export class UnlinkInfluence extends AggregateCommand {
  @IsId() fromId!: string;
  @IsId() toId!: string;
}

export const unlinkInfluenceCase = mapUseCase(UnlinkInfluence, 'unlink-influence', {
  decide: (map, { fromId, toId }) => unlinkInfluence(map, { fromId, toId }),
});
