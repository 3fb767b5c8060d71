import type { Filter } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, PageQuery, useCase, Views } from '@keyfold/event-sourcing-nest';
import { addMonths, IsId, IsText, monthOf, ReportingTime, rowQueries } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { Policies } from '../policy/policies.js';
import { relationshipMap } from '../relationship-map/relationship-map.aggregate.js';
import { permitKeepers } from './permit-keepers.js';
import { dismissErasureProposal, proposeErasure, stakeholder } from './stakeholder.aggregate.js';
import { shown, type StakeholderItem, type StakeholderRow, stakeholders } from './stakeholders.projection.js';

/** At most so many people of one account in one month; the others follow in the next. */
const BATCH = 500;

/** Told once a month by the retention process: proposes the erasure of everybody of the account who has not been in touch for as long as the policy allows (domain.md 4.9). */
export class ProposeErasures extends AggregateCommand {}

export const proposeErasuresCase = useCase(ProposeErasures, {
  route: 'relationship-maps/:id/propose-erasures',
  roles: ['service'],
  on: relationshipMap,
  makes: true,
  needs: [Commands, Policies, ReportingTime, Views],
  /** The read model says who may be due, the person's own stream whether he is. */
  async prepare(command, _map, [commands, policies, time, views]) {
    const { months } = await policies.inForce('retention');
    const before = time.startOfDay(`${addMonths(monthOf(policies.today()), -months)}-01`);
    const silent: Filter = { $or: [{ lastContactAt: { $lt: before } }, { lastContactAt: null, registeredAt: { $lt: before } }] };
    const decidedLongAgo: Filter = { $or: [{ kept: null }, { 'kept.at': { $lt: before } }] };
    const rows = await views.of(stakeholders).find({ filter: { $and: [{ accountId: command.id, erasureProposed: null, erasedAt: null }, silent, decidedLongAgo] }, sort: {}, limit: BATCH });
    for (const { id } of rows) {
      await commands.also(stakeholder, id, command, 'propose', (state) => proposeErasure(state, { before, months, dateOf: (instant) => time.dateOf(instant) }));
    }
  },
  decide: () => [],
});

/** The data are kept, for a reason: a contract that runs, a dispute. */
export class DismissErasureProposal extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const dismissErasureProposalCase = useCase(DismissErasureProposal, {
  route: 'stakeholders/:id/dismiss-erasure-proposal',
  roles: ['director', 'operator'],
  on: stakeholder,
  needs: [Accounts],
  permit: permitKeepers,
  decide: (state, { reason }) => dismissErasureProposal(state, reason),
});

export class ListErasureProposals extends PageQuery<StakeholderItem> {
  @IsOptional() @IsId() accountId?: string;
}

/** Whose erasure is proposed. Whoever decides so erases the person, `POST /api/accounts/persons/<personId>/erase`, or dismisses the proposal. */
export const erasureProposalQueries = rowQueries<StakeholderRow, StakeholderItem, ListErasureProposals>({
  path: 'erasure-proposals',
  roles: ['kam', 'director', 'operator', 'auditor'],
  rows: stakeholders,
  list: ListErasureProposals,
  equal: ['accountId'],
  where: () => [{ erasureProposed: { $ne: null } }],
  sort: { lastContactAt: 1 },
  scope: { account: 'accountId' },
  show: shown,
});
