import { POLICY_KINDS, policyContract, type PolicyEvent, type PolicyKind } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsCode, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

/** One version of a policy; `validUntil` is the day on which the next one takes over. */
export interface PolicyRow {
  readonly id: string;
  readonly kind: PolicyKind;
  readonly code: string;
  readonly versions: readonly { readonly version: number; readonly validFrom: string; readonly reason: string; readonly content: object }[];
}

/** The history of every policy (domain.md W2). */
export const policies = projection<PolicyRow, PolicyEvent>({
  name: 'policies',
  version: 1,
  follows: [policyContract],
  indexes: [['kind', 'code']],
  fold(row, event) {
    const [kind, code] = idOf(policyContract, event.streamId).split('--') as [PolicyKind, string];
    const { validFrom, reason, content } = event.data;
    return { id: `${kind}--${code}`, kind, code, versions: [...(row?.versions ?? []), { version: event.version, validFrom, reason, content }] };
  },
});

export const POLICY_READERS = ['kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'service-agent', 'finance', 'hr', 'admin', 'auditor', 'bi'] as const;

export class ListPolicies extends PageQuery<PolicyRow> {
  @IsOptional() @IsIn(POLICY_KINDS) kind?: PolicyKind;
  @IsOptional() @IsCode() code?: string;
}

export const policyQueries = rowQueries<PolicyRow, PolicyRow, ListPolicies>({
  path: 'policies',
  roles: POLICY_READERS,
  rows: policies,
  list: ListPolicies,
  equal: ['kind', 'code'],
  sort: { kind: 1, code: 1 },
  scope: 'everybody',
  show: (row) => row,
});
