import type { ClosureBlocker } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, Min, ValidateNested } from 'class-validator';
import { keyAccount } from './key-account.aggregate.js';
import { grantClosure, refuseClosure } from './key-account.life.js';
import { TierASeats } from './tier-a-seats.js';

export class GrantClosure extends AggregateCommand {
  @IsId() closureId!: string;
}

export const grantClosureCase = useCase(GrantClosure, {
  route: 'key-accounts/:id/grant-closure',
  roles: ['service'],
  on: keyAccount,
  needs: [TierASeats],
  decide: (account, { closureId }) => grantClosure(account, closureId),
  follow: (command, account, [seats]) => (account.status === 'closed' ? seats.settle(command, account) : []),
});

class ClosureBlockerBody implements ClosureBlocker {
  @IsIn(['opportunities', 'satisfaction']) service!: string;
  @IsIn(['open-items', 'no-answer']) code!: 'open-items' | 'no-answer';
  @IsInt() @Min(0) open!: number;
}

export class RefuseClosure extends AggregateCommand {
  @IsId() closureId!: string;
  @ArrayMaxSize(10) @ValidateNested({ each: true }) @Type(() => ClosureBlockerBody) blockers!: ClosureBlockerBody[];
}

export const refuseClosureCase = useCase(RefuseClosure, {
  route: 'key-accounts/:id/refuse-closure',
  roles: ['service'],
  on: keyAccount,
  decide: (account, { closureId, blockers }) => refuseClosure(account, closureId, blockers.map(({ service, code, open }) => ({ service, code, open }))),
});
