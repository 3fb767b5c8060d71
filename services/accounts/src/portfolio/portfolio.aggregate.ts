import { portfolioContract, type PortfolioEvent } from '@keyfold/contracts';
import { decider, DomainError, type Fact } from '@keyfold/event-sourcing';

export interface Assignment {
  readonly accountId: string;
  readonly from: string;
  /** First instant at which it is somebody else's, or at its end; null while that is not known. */
  readonly until: string | null;
  /** Per cent of the member's time; null: not weighed. */
  readonly weightPercent: number | null;
}

export interface Handover {
  readonly handoverId: string;
  readonly toMemberId: string;
  readonly effectiveOn: string;
  readonly reason: string;
  readonly attempt: number;
  readonly pending: readonly string[];
  readonly done: readonly string[];
  /** Refusal by account. */
  readonly refused: Readonly<Record<string, string>>;
}

export type Portfolio =
  | { readonly status: 'unknown' }
  | { readonly status: 'created'; readonly memberId: string; readonly assignments: readonly Assignment[]; readonly handover: Handover | null };
type Created = Extract<Portfolio, { status: 'created' }>;

export const portfolio = decider<Portfolio, PortfolioEvent>({
  contract: portfolioContract,
  initial: { status: 'unknown' },
  snapshotVersion: 1,
  evolve(state, fact): Portfolio {
    if (fact.type === 'accounts.portfolio.created') return { status: 'created', memberId: fact.data.memberId, assignments: [], handover: null };
    return state.status === 'unknown' ? state : { ...state, assignments: assignmentsAfter(state.assignments, fact), handover: handoverAfter(state.handover, fact) };
  },
});

export function assignmentsAfter(assignments: readonly Assignment[], fact: Pick<Fact<PortfolioEvent>, 'type' | 'data' | 'occurredAt'>): readonly Assignment[] {
  const { type, data, occurredAt } = fact as Fact<PortfolioEvent>;
  const open = (one: Assignment): boolean => one.until === null && one.accountId === (data as { accountId: string }).accountId;
  switch (type) {
    case 'accounts.portfolio.account-assigned':
      return [...assignments, { accountId: data.accountId, from: occurredAt, until: null, weightPercent: null }];
    case 'accounts.portfolio.account-released':
      return assignments.map((one) => (open(one) ? { ...one, until: occurredAt } : one));
    case 'accounts.portfolio.account-kept': {
      const last = lastOf(assignments, data.accountId);
      return assignments.map((one) => (one === last ? { ...one, until: null } : one));
    }
    case 'accounts.portfolio.account-weighed':
      return assignments.map((one) => (open(one) ? { ...one, weightPercent: data.weightPercent } : one));
    default:
      return assignments;
  }
}

export function handoverAfter(handover: Handover | null, fact: Pick<Fact<PortfolioEvent>, 'type' | 'data'>): Handover | null {
  const { type, data } = fact as Fact<PortfolioEvent>;
  switch (type) {
    case 'accounts.portfolio.handover-started': {
      const { handoverId, toMemberId, effectiveOn, reason, accountIds } = data;
      return { handoverId, toMemberId, effectiveOn, reason, attempt: 1, pending: accountIds, done: [], refused: {} };
    }
    case 'accounts.portfolio.handover-resumed':
      return handover && { ...handover, attempt: data.attempt, pending: data.accountIds, refused: {} };
    case 'accounts.portfolio.account-handed-over':
      return handover && { ...handover, pending: without(handover.pending, data.accountId), done: [...handover.done, data.accountId] };
    case 'accounts.portfolio.account-not-handed-over':
      return handover && { ...handover, pending: without(handover.pending, data.accountId), refused: { ...handover.refused, [data.accountId]: data.code } };
    default:
      return handover;
  }
}

/** The last one that is not empty: a handover that was cancelled leaves an empty one. */
const lastOf = (assignments: readonly Assignment[], accountId: string): Assignment | undefined => assignments.findLast((one) => one.accountId === accountId && one.from !== one.until);

const without = (ids: readonly string[], id: string): string[] => ids.filter((other) => other !== id);

const created = (state: Portfolio, memberId: string): PortfolioEvent[] => (state.status === 'unknown' ? [{ type: 'accounts.portfolio.created', data: { memberId } }] : []);

/** Accounts that are the member's, now or from a day to come, and are not to be anybody else's. */
const heldBy = (state: Portfolio): readonly Assignment[] => (state.status === 'unknown' ? [] : state.assignments.filter(({ until }) => until === null));

export const createPortfolio = created;

/** Follows the account's owner; the first account makes the portfolio. */
export function assignAccount(state: Portfolio, memberId: string, accountId: string, from: string): PortfolioEvent[] {
  if (heldBy(state).some((one) => one.accountId === accountId)) return [];
  return [...created(state, memberId), { type: 'accounts.portfolio.account-assigned', data: { accountId }, occurredAt: from }];
}

export function releaseAccount(state: Portfolio, accountId: string, on: string): PortfolioEvent[] {
  return heldBy(state).some((one) => one.accountId === accountId) ? [{ type: 'accounts.portfolio.account-released', data: { accountId }, occurredAt: on }] : [];
}

/** Follows a handover that was cancelled before its day. Its weight stays unless others have taken it meanwhile. */
export function keepAccount(state: Portfolio, accountId: string): PortfolioEvent[] {
  const held = heldBy(state);
  const last = state.status === 'unknown' ? undefined : lastOf(state.assignments, accountId);
  if (!last || held.includes(last)) return [];
  const sum = [...held, last].reduce((total, { weightPercent }) => total + (weightPercent ?? 0), 0);
  const unweighed: PortfolioEvent[] = sum > 100 ? [{ type: 'accounts.portfolio.account-weighed', data: { accountId, weightPercent: null } }] : [];
  return [{ type: 'accounts.portfolio.account-kept', data: { accountId } }, ...unweighed];
}

/** Follows the end of the account: it is nobody's from then on, also where it was to be handed over. */
export function endAssignment(state: Portfolio, accountId: string, on: string): PortfolioEvent[] {
  const last = state.status === 'unknown' ? undefined : lastOf(state.assignments, accountId);
  if (!last || (last.until !== null && last.until <= on)) return [];
  const kept: PortfolioEvent[] = last.until === null ? [] : [{ type: 'accounts.portfolio.account-kept', data: { accountId } }];
  return [...kept, { type: 'accounts.portfolio.account-released', data: { accountId }, occurredAt: on < last.from ? last.from : on }];
}

/** How much of the member's time an account shall have (domain.md H1). */
export function weighAccount(state: Portfolio, accountId: string, weightPercent: number | null): PortfolioEvent[] {
  const held = heldBy(state);
  const known = held.find((one) => one.accountId === accountId);
  if (!known) throw new DomainError('portfolio-account-missing');
  if (known.weightPercent === weightPercent) return [];
  const sum = held.reduce((total, one) => total + (one === known ? (weightPercent ?? 0) : (one.weightPercent ?? 0)), 0);
  if (sum > 100) throw new DomainError('portfolio-overweight', { sum });
  return [{ type: 'accounts.portfolio.account-weighed', data: { accountId, weightPercent } }];
}

/** All that the member has goes to another one on a day; each account by a command of its own, which the process sends. */
export function startHandover(state: Portfolio, facts: { handoverId: string; toMemberId: string; effectiveOn: string; reason: string }): PortfolioEvent[] {
  if (state.status === 'created' && state.memberId === facts.toMemberId) throw new DomainError('portfolio-handover-to-self');
  const running = isRunning(state) ? (state as Created).handover : null;
  if (running && running.toMemberId === facts.toMemberId && running.effectiveOn === facts.effectiveOn) return [];
  if (running) throw new DomainError('portfolio-handover-running');
  const accountIds = heldBy(state).map(({ accountId }) => accountId);
  if (accountIds.length === 0) throw new DomainError('portfolio-empty');
  return [{ type: 'accounts.portfolio.handover-started', data: { ...facts, accountIds } }];
}

/** Once more for what is still the member's: what was refused, and what came since. Nothing left: it is complete. */
export function resumeHandover(state: Portfolio, handoverId: string): PortfolioEvent[] {
  const handover = handoverOf(state, handoverId);
  if (!handover) throw new DomainError('portfolio-handover-unknown');
  if (isRunning(state)) throw new DomainError('portfolio-handover-running');
  const accountIds = heldBy(state).map(({ accountId }) => accountId).filter((accountId) => !handover.done.includes(accountId));
  if (accountIds.length === 0) return Object.keys(handover.refused).length > 0 ? [handedOver(handover, handover.done.length)] : [];
  const { toMemberId, effectiveOn, reason, attempt } = handover;
  return [{ type: 'accounts.portfolio.handover-resumed', data: { handoverId, attempt: attempt + 1, toMemberId, effectiveOn, reason, accountIds } }];
}

export function noteHandedOver(state: Portfolio, handoverId: string, accountId: string): PortfolioEvent[] {
  const handover = handoverOf(state, handoverId);
  if (!handover?.pending.includes(accountId)) return [];
  const noted: PortfolioEvent = { type: 'accounts.portfolio.account-handed-over', data: { handoverId, accountId } };
  const complete = handover.pending.length === 1 && Object.keys(handover.refused).length === 0;
  return complete ? [noted, handedOver(handover, handover.done.length + 1)] : [noted];
}

export function noteRefusal(state: Portfolio, { handoverId, accountId, code }: { handoverId: string; accountId: string; code: string }): PortfolioEvent[] {
  return handoverOf(state, handoverId)?.pending.includes(accountId) ? [{ type: 'accounts.portfolio.account-not-handed-over', data: { handoverId, accountId, code } }] : [];
}

const handedOver = ({ handoverId, toMemberId }: Handover, accounts: number): PortfolioEvent => ({ type: 'accounts.portfolio.handed-over', data: { handoverId, toMemberId, accounts } });

const handoverOf = (state: Portfolio, handoverId: string): Handover | null => (state.status === 'created' && state.handover?.handoverId === handoverId ? state.handover : null);

const isRunning = (state: Portfolio): boolean => state.status === 'created' && (state.handover?.pending.length ?? 0) > 0;
