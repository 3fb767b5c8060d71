import type { KeyAccountEvent, SelectionPoints, SelectionPolicy, Tier } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertOpen, type KeyAccount, type RegisteredAccount, type TierVerdict } from './key-account.aggregate.js';

/** The weighted points, 0 to 100, by the selection policy of the day; each of its criteria has its points (domain.md H2). */
export function score(account: KeyAccount, points: readonly SelectionPoints[], on: string, policy: SelectionPolicy): KeyAccountEvent[] {
  const open = assertOpen(account);
  const given = new Map(points.map((one) => [one.criterion, one.points]));
  const unlike = points.length !== policy.criteria.length || policy.criteria.some(({ code }) => !given.has(code));
  if (unlike) throw new DomainError('selection-criteria-unlike', { criteria: policy.criteria.map(({ code }) => code).join(', ') });
  const ordered = policy.criteria.map(({ code }) => ({ criterion: code, points: given.get(code)! }));
  const weighted = policy.criteria.reduce((sum, { code, weight }) => sum + weight * given.get(code)!, 0) / 10;
  const same = open.score?.on === on && JSON.stringify(open.score.points) === JSON.stringify(ordered);
  return same ? [] : [{ type: 'accounts.key-account.scored', data: { on, points: ordered, score: weighted } }];
}

/** The selection policy of today. `current`: whether the account's score is by its criteria. */
export interface Selection {
  readonly policy: SelectionPolicy;
  readonly current: boolean;
}

/** The score that a tier stands on (domain.md 4.1): by the criteria of today, and at its threshold or above. */
function scoreFor(tier: Tier, { score: known }: RegisteredAccount, { policy, current }: Selection): number {
  if (!known || !current) throw new DomainError('tier-score-missing');
  const threshold = policy.thresholds[tier];
  if (known.score < threshold) throw new DomainError('tier-score-too-low', { tier, threshold, score: known.score });
  return known.score;
}

/** A tier by the way of domain.md 4.1: a score that reaches the threshold of today, then the approval of somebody else. */
export function requestTier(account: KeyAccount, facts: { requestId: string; tier: Tier; reason: string; requestedBy: string }, selection: Selection): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.request?.tier === facts.tier || open.tier === facts.tier) return [];
  if (open.request) throw new DomainError('tier-request-pending', { tier: open.request.tier });
  return [{ type: 'accounts.key-account.tier-requested', data: { ...facts, score: scoreFor(facts.tier, open, selection) } }];
}

/** On the score of today, which may not be that of the request. The tier limit per owner is held by the reservation that the handler claims first. */
export function approveTier(account: KeyAccount, { requestId, by }: { requestId: string; by: string }, { reviewOn, selection }: { reviewOn: string; selection: Selection }): KeyAccountEvent[] {
  const request = requestOf(account, { requestId, by }, 'approved');
  if (!request) return [];
  scoreFor(request.tier, assertOpen(account), selection);
  return [{ type: 'accounts.key-account.tier-approved', data: { requestId } }, ...tiered(request.tier, request.reason, reviewOn)];
}

export function rejectTier(account: KeyAccount, { requestId, by, reason }: { requestId: string; by: string; reason: string }): KeyAccountEvent[] {
  return requestOf(account, { requestId, by }, 'rejected') ? [{ type: 'accounts.key-account.tier-rejected', data: { requestId, reason } }] : [];
}

/** The request that is to be decided; null when it was decided so already. */
export function requestOf(account: KeyAccount, { requestId, by }: { requestId: string; by: string }, verdict: TierVerdict): { tier: Tier; reason: string } | null {
  const open = assertOpen(account);
  const { decidedRequest: decided } = open;
  if (decided?.requestId === requestId && decided.verdict !== verdict) throw new DomainError('tier-request-decided');
  if (decided?.requestId === requestId) return null;
  if (open.request?.requestId !== requestId) throw new DomainError('tier-request-unknown');
  if (open.request.requestedBy === by) throw new DomainError('tier-request-own');
  return open.request;
}

/** By a director who asks nobody: his word is the approval, the score is not left out. */
export function qualify(account: KeyAccount, { tier, reason }: { tier: Tier; reason: string }, reviewOn: string, selection: Selection): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.tier === tier) return [];
  scoreFor(tier, open, selection);
  return tiered(tier, reason, reviewOn);
}

const tiered = (tier: Tier, reason: string, dueOn: string): KeyAccountEvent[] => [
  { type: 'accounts.key-account.qualified', data: { tier, reason } },
  { type: 'accounts.key-account.tier-review-scheduled', data: { dueOn } },
];

export function disqualify(account: KeyAccount, reason: string): KeyAccountEvent[] {
  return assertOpen(account).tier === null ? [] : [{ type: 'accounts.key-account.disqualified', data: { reason } }];
}

/** The tier stays, and is looked at again a year (as the policy has it) later. */
export function reviewTier(account: KeyAccount, reason: string, dueOn: string): KeyAccountEvent[] {
  const { tier, reviewDueOn } = assertOpen(account);
  if (tier === null) throw new DomainError('account-not-tiered');
  if (reviewDueOn === dueOn) return [];
  return [{ type: 'accounts.key-account.tier-reviewed', data: { tier, reason } }, { type: 'accounts.key-account.tier-review-scheduled', data: { dueOn } }];
}

/** What the timer says once the day has come; an account that has no tier any more, or was looked at, or is at its end, needs no reminder. */
export function remindOfReview(account: KeyAccount, today: string): KeyAccountEvent[] {
  if (account.status === 'unknown' || ['closed', 'merged', 'withdrawn'].includes(account.status)) return [];
  const { tier, reviewDueOn } = account;
  return tier === null || reviewDueOn === null || reviewDueOn > today ? [] : [{ type: 'accounts.key-account.tier-review-due', data: { tier, dueOn: reviewDueOn } }];
}
