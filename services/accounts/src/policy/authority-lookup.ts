import type { AuthorityPolicy, DateOnly } from '@keyfold/contracts';
import { queryCase, ScopedQuery } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsReal } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { Policies } from './policies.js';
import { POLICY_READERS } from './policies.projection.js';

const LEVELS = ['team', 'kam', 'director'] as const;
type Level = (typeof LEVELS)[number];

interface Authority {
  readonly on: DateOnly;
  /** What each may grant alone, in per cent of the price, from the least on. */
  readonly limits: readonly { readonly role: Level; readonly discountPercent: number }[];
  /** Who grants the discount that was asked about: any of the first that may alone, or those who do it together; null where none was asked about. */
  readonly grantedBy: readonly (Level | 'finance')[] | null;
}

/** The least of those who may grant it alone; above all limits the director and finance together (domain.md 4.6). */
export function grantedBy(discountPercent: number, { discountPercent: limits }: AuthorityPolicy): readonly (Level | 'finance')[] {
  const alone = LEVELS.find((level) => discountPercent <= limits[level]);
  return alone ? [alone] : ['director', 'finance'];
}

export class LookUpAuthority extends ScopedQuery<Authority> {
  /** Today when absent: a discount of the past was judged by the matrix of its day. */
  @IsOptional() @IsDateOnly() on?: string;
  @IsOptional() @Type(() => Number) @IsReal(0, 100) discountPercent?: number;
}

/** `GET /api/accounts/authority-lookup` (domain.md H6). */
export const authorityLookupQuery = queryCase<Authority, LookUpAuthority, readonly [typeof Policies]>(LookUpAuthority, {
  route: 'authority-lookup',
  roles: POLICY_READERS,
  needs: [Policies],
  async answer({ on, discountPercent }, [policies]) {
    const day = on ?? policies.today();
    const matrix = await policies.inForce('authority', day);
    const limits = LEVELS.map((role) => ({ role, discountPercent: matrix.discountPercent[role] }));
    return { on: day, limits, grantedBy: discountPercent === undefined ? null : grantedBy(discountPercent, matrix) };
  },
});
