import { type PolicyContents, policyContract, type PolicyEvent, type PolicyKind, type PolicyVersion } from '@keyfold/contracts';
import { decider, DomainError } from '@keyfold/event-sourcing';

/** Versions in order of their days. */
export type Policy = readonly PolicyVersion<PolicyContents[PolicyKind]>[];

export const policy = decider<Policy, PolicyEvent>({
  contract: policyContract,
  initial: [],
  evolve: (versions, fact) => [...versions, fact.data],
});

/**
 * A new version, valid from a day until the next one's (domain.md 4.9: never edited in place). The first may be valid from any day, so that what was decided
 * before Keyfold came has its policy; a later one from today on, because nobody is judged by a rule that was made afterwards.
 */
export function publish<Kind extends PolicyKind>(policyOfKind: Policy, kind: Kind, version: PolicyVersion<PolicyContents[Kind]>, today: string): PolicyEvent[] {
  const last = policyOfKind.at(-1);
  if (last && last.validFrom === version.validFrom && JSON.stringify(last.content) === JSON.stringify(version.content)) return [];
  if (last && version.validFrom <= last.validFrom) throw new DomainError('policy-not-later', { validFrom: last.validFrom });
  if (last && version.validFrom < today) throw new DomainError('policy-retroactive', { today });
  return [{ type: `accounts.policy.${kind}-published`, data: version } as PolicyEvent];
}

/** The version in force on a day; null before the first. */
export const inForceOn = (policyOfKind: Policy, day: string): PolicyVersion<PolicyContents[PolicyKind]> | null => policyOfKind.findLast(({ validFrom }) => validFrom <= day) ?? null;

/** Refuses a code that means two things. */
export function assertDistinct(codes: readonly string[]): void {
  const doubled = codes.find((code, i) => codes.indexOf(code) !== i);
  if (doubled !== undefined) throw new DomainError('policy-code-doubled', { code: doubled });
}

/** Refuses weights that are not shares of a whole. */
export function assertWhole(weights: readonly number[]): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum !== 100) throw new DomainError('weights-not-100', { sum });
}
