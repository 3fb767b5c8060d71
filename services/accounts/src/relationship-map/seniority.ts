import type { MemberRole, SeniorityLevel } from '@keyfold/contracts';

/** A director or above. */
export const isExecutive = (level: SeniorityLevel | null): boolean => level !== null && level <= 2;

/** Where nobody said what level a member of ours has, the role has to do: a director counts as one, a key account manager as a manager, everybody else as neither. */
export function seniorityOf({ role, seniority }: { readonly role: MemberRole; readonly seniority: SeniorityLevel | null }): SeniorityLevel {
  if (seniority !== null) return seniority;
  if (role === 'director') return 2;
  return role === 'kam' ? 3 : 4;
}
