import { DEPARTURE_REASONS, type DepartureReason } from '@keyfold/contracts';
import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, IsId, ReportingTime } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { permitKeepers } from './permit-keepers.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { assertKnown, depart, stakeholder, takeOver } from './stakeholder.aggregate.js';
import { Stakeholders } from './stakeholders.js';

const LEAVING = DEPARTURE_REASONS.filter((reason) => reason !== 'moved-to-another-account');

export class Depart extends AggregateCommand {
  @IsIn(LEAVING) reason!: (typeof LEAVING)[number] & DepartureReason;
  /** Last day. */
  @IsDateOnly() on!: string;
}

export const departCase = useCase(Depart, {
  route: 'stakeholders/:id/depart',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  needs: [Accounts, ReportingTime],
  permit: permitKeepers,
  decide: (state, { reason, on, context }, _prepared, [, time]) => depart(state, { reason, movedTo: null }, { at: time.startOfDay(on), now: context.now }),
});

/** The departure is the decision; the registration on the other account follows from it by a policy. */
export class MoveToAccount extends AggregateCommand {
  @IsId() accountId!: string;
  /** First day there. */
  @IsDateOnly() on!: string;
}

export const moveToAccountCase = useCase(MoveToAccount, {
  route: 'stakeholders/:id/move-to-account',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  needs: [Accounts, ReportingTime],
  permit: permitKeepers,
  async prepare({ accountId, scope }, _state, [accounts]) {
    await accounts.assertEditable(accountId, scope);
    await accounts.open(accountId);
  },
  decide: (state, { accountId, on, context }, _prepared, [, time]) =>
    depart(state, { reason: 'moved-to-another-account', movedTo: { accountId, stakeholderId: uuid5(context.commandId, 'moved') } }, { at: time.startOfDay(on), now: context.now }),
});

/** Told by the policy that follows a move. Nobody is registered any more whose data were erased meanwhile. */
export class TakeOverStakeholder extends AggregateCommand {
  @IsId() formerId!: string;
  @IsId() accountId!: string;
}

export const takeOverStakeholderCase = useCase(TakeOverStakeholder, {
  route: 'stakeholders/:id/take-over',
  roles: ['service'],
  on: stakeholder,
  makes: true,
  needs: [Stakeholders, Access],
  async prepare({ formerId }, _state, [stakeholders, access]) {
    const former = assertKnown(await stakeholders.of(formerId));
    const reveal = (text: string | null): Promise<string | null> => (text === null ? Promise.resolve(null) : access.reveal(text));
    return { former, name: await reveal(former.name), mail: await reveal(former.mail), phone: await reveal(former.phone) };
  },
  decide(state, { accountId }, { former, name, mail, phone }) {
    if (name === null) return [];
    const { personId, buyingRoles, politicalStatus, support, language, function: job, level } = former;
    return takeOver(state, former, { personId, accountId, name, mail, phone, buyingRoles, politicalStatus, support, language, function: job, level, provenance: null });
  },
});
