import type { BulkCommand, KeyfoldClient } from '../client.js';
import { Progress } from '../progress.js';

interface ImportedRow {
  readonly id: string;
  readonly version: number;
  readonly provenance: { readonly run: string } | null;
  readonly accountId?: string | null;
  readonly offeringId?: string | null;
  readonly ownerId?: string | null;
  readonly managerId?: string | null;
  readonly parentId?: string | null;
}

export interface UndoReport {
  readonly run: string;
  readonly applied: boolean;
  readonly takenBack: Readonly<Record<string, number>>;
  /** What stays, because something was built on it or it was there before. */
  readonly left: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
}

/** What is taken back, in this order: first what names others, then what is named. */
const KINDS = [
  { kind: 'opportunities', service: 'opportunities', aggregate: 'opportunities', named: 'id' },
  { kind: 'accounts', service: 'accounts', aggregate: 'key-accounts', named: 'accountId' },
  { kind: 'offerings', service: 'opportunities', aggregate: 'offerings', named: 'offeringId' },
  { kind: 'members', service: 'accounts', aggregate: 'team-members', named: 'ownerId' },
] as const;

const BATCH = 500;

/** Takes an import run back by a compensating command for each thing it made and nothing was built upon; lists what it leaves. */
export async function undoImport(client: KeyfoldClient, run: string, options: { apply: boolean; quiet: boolean }): Promise<UndoReport> {
  const takenBack: Record<string, number> = {};
  const left: { kind: string; id: string; reason: string }[] = [];
  let remaining: ImportedRow[] = [];
  for (const { kind, service, aggregate, named } of KINDS) {
    const rows: ImportedRow[] = [];
    for await (const row of client.rows<ImportedRow>(`/api/${service}/${aggregate}`)) rows.push(row);
    const inUse = new Set(remaining.map((deal) => deal[named]));
    const mine = childrenFirst(rows.filter((row) => row.provenance?.run === run));
    const free = mine.filter((row) => !inUse.has(row.id));
    left.push(...mine.filter((row) => inUse.has(row.id)).map(({ id }) => ({ kind, id, reason: 'a deal that stays names it' })));
    const progress = new Progress(kind, free.length, options.quiet);
    let count = 0;
    const gone = new Set<string>();
    for (const wave of wavesOf(free)) {
      for (let start = 0; start < wave.length; start += BATCH) {
        const batch = wave.slice(start, start + BATCH);
        const results = await client.bulk(service, batch.map((row) => withdrawal(aggregate, row, run)), !options.apply);
        results.forEach((result, i) => {
          if (result.status < 400) {
            count += 1;
            gone.add(batch[i]!.id);
          } else left.push({ kind, id: batch[i]!.id, reason: `${result.problem?.title ?? 'refused'} (${result.problem?.code ?? result.status})` });
        });
        progress.add(batch.length);
      }
    }
    takenBack[kind] = count;
    if (kind === 'opportunities') remaining = rows.filter((row) => !gone.has(row.id));
  }
  return { run, applied: options.apply, takenBack, left };
}

const withdrawal = (aggregate: string, row: ImportedRow, run: string): BulkCommand => ({ aggregate, command: 'withdraw', id: row.id, body: { reason: `import ${run} taken back` } });

const depthOf = (row: ImportedRow, byId: ReadonlyMap<string, ImportedRow>): number => {
  const above = byId.get(row.managerId ?? row.parentId ?? '');
  return above ? 1 + depthOf(above, byId) : 0;
};

/** Those below before those above: a manager is free once nobody reports to him. */
function childrenFirst(rows: readonly ImportedRow[]): ImportedRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...rows].sort((a, b) => depthOf(b, byId) - depthOf(a, byId));
}

function wavesOf(rows: readonly ImportedRow[]): ImportedRow[][] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...Map.groupBy(rows, (row) => depthOf(row, byId)).values()];
}
