import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { accountUseCase } from './accounts.js';
import { keyAccount } from './key-account.aggregate.js';
import { activate, assertNotToCome, engage, nominate } from './key-account.life.js';

/** Onto the list of targets (domain.md M18). */
export class NominateProspect extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const nominateProspectCase = accountUseCase(NominateProspect, {
  route: 'key-accounts/:id/nominate',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  decide: (account, { reason }) => nominate(account, reason),
});

/** The first exchange with a target. */
export class EngageProspect extends AggregateCommand {
  @IsDateOnly() on!: string;
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const engageProspectCase = accountUseCase(EngageProspect, {
  route: 'key-accounts/:id/engage',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [ReportingTime],
  decide: (account, { on, note = null, context }, _prepared, [time]) => engage(account, { note }, pastDay(on, context.now, time)),
});

/** Told by the opportunities when the first contract is in force; nobody makes a client by hand. */
export class ActivateAccount extends AggregateCommand {
  @IsId() contractId!: string;
  @IsDateOnly() since!: string;
}

export const activateAccountCase = useCase(ActivateAccount, {
  route: 'key-accounts/:id/activate',
  roles: ['service'],
  on: keyAccount,
  needs: [ReportingTime],
  decide: (account, { contractId, since, context }, _prepared, [time]) => activate(account, contractId, pastDay(since, context.now, time)),
});

function pastDay(date: string, now: string, time: ReportingTime): string {
  const today = time.dateOf(now);
  assertNotToCome(date, today);
  return date === today ? now : time.startOfDay(date);
}
