import { randomUUID } from 'node:crypto';
import { type AggregateContract, defineContract } from '../events.js';
import type { BuiltWrite } from '../generations.js';
import type { ProjectionStore } from '../ports.js';
import { projection, type Projection } from '../projection.js';

export interface ContractRow {
  readonly id: string;
  readonly kind?: string;
  readonly rank?: number | null;
  readonly on?: boolean;
  readonly owner?: { readonly id: string };
  readonly tags?: readonly string[];
}

const contract = defineContract({ service: 'contract', name: 'thing', streamPrefix: 'thing', events: {} }) as AggregateContract<never>;

/** A projection of its own for every call: stores may be shared between tests. */
export const contractProjection = (overrides: Partial<Projection<ContractRow>> = {}): Projection<ContractRow> => ({
  ...projection<ContractRow>({
    name: `contract-${randomUUID()}`,
    version: 1,
    follows: [contract],
    indexes: [['kind'], ['kind', 'rank'], ['rank'], ['tags'], ['owner.id']],
    fold: () => {
      throw new Error('the contract writes by transact');
    },
  }),
  ...overrides,
});

/** Writes rows without any story about events, from one partition. */
export const put = (store: ProjectionStore, to: Projection<ContractRow>, rows: readonly (ContractRow | string)[], partition = 'contract.events.v1/0'): Promise<void> =>
  store.transact(to, { partition, streams: [], rows: rows.map(idOf) }, () => ({
    marks: new Map(),
    rows: new Map(rows.map((row) => [idOf(row), typeof row === 'string' ? null : row])),
    parked: [],
  }));

const idOf = (row: ContractRow | string): string => (typeof row === 'string' ? row : row.id);

/** What was folded for a generation that has none of it yet. */
export const folded = (rows: readonly ContractRow[], marks: Readonly<Record<string, number>> = {}, positions: Readonly<Record<string, number>> = {}): BuiltWrite => ({
  rows: new Map(rows.map((row) => [row.id, { row, partitions: ['contract.events.v1/0'], isNew: true }])),
  marks: new Map(Object.entries(marks).map(([streamId, version]) => [streamId, { accepted: version, applied: version, isNew: true }])),
  parked: [],
  positions,
});
