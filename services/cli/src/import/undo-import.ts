import type { BulkCommand, KeyfoldClient } from '../client.js';
import { Failure } from '../failure.js';
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
  readonly stakeholderIds?: readonly string[];
  readonly memberIds?: readonly string[];
}

export interface UndoReport {
  readonly run: string;
  readonly applied: boolean;
  readonly takenBack: Readonly<Record<string, number>>;
  /** What stays, because something was built on it or it was there before. */
  readonly left: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
}

/** What is taken back, in this order: first what names others, then what is named. */
const KINDS: readonly Kind[] = [
  { kind: 'plans', service: 'accounts', aggregate: 'account-plans', stream: 'plan', names: ({ accountId }) => [accountId] },
  {
    kind: 'touchpoints',
    service: 'accounts',
    aggregate: 'touchpoints',
    stream: 'engagement',
    names: ({ accountId, stakeholderIds = [], memberIds = [] }) => [accountId, ...stakeholderIds, ...memberIds],
    partOf: ({ id, accountId }) => ({ aggregate: 'engagement-plans', command: 'withdraw-touchpoint', id: accountId!, part: { touchpointId: id } }),
  },
  { kind: 'stakeholders', service: 'accounts', aggregate: 'stakeholders', stream: 'stakeholder', names: ({ accountId }) => [accountId] },
  { kind: 'opportunities', service: 'opportunities', aggregate: 'opportunities', stream: 'opp', names: ({ accountId, offeringId, ownerId }) => [accountId, offeringId, ownerId] },
  { kind: 'accounts', service: 'accounts', aggregate: 'key-accounts', stream: 'account' },
  { kind: 'offerings', service: 'opportunities', aggregate: 'offerings', stream: 'offering' },
  { kind: 'members', service: 'accounts', aggregate: 'team-members', stream: 'member' },
];

interface Kind {
  readonly kind: string;
  readonly service: string;
  readonly aggregate: string;
  readonly stream: string;
  /** Ids of what one of them stands on, and which therefore stays as long as it does. */
  readonly names?: (row: ImportedRow) => readonly (string | null | undefined)[];
  /** Who is told, where it has no stream of its own. */
  readonly partOf?: (row: ImportedRow) => { readonly aggregate: string; readonly command: string; readonly id: string; readonly part: object };
}

const BATCH = 500;
/** Writes that a query may be told to wait for, and how many of the last are waited for: enough to meet every partition. */
const AWAITED = 20;
const LAST = 200;
const SETTLE_ATTEMPTS = 30;

interface Left {
  readonly kind: string;
  readonly id: string;
  readonly reason: string;
}

/** Takes an import run back by a compensating command for each thing it made and nothing was built upon; lists what it leaves. */
export async function undoImport(client: KeyfoldClient, run: string, options: { apply: boolean; quiet: boolean }): Promise<UndoReport> {
  const takenBack: Record<string, number> = {};
  const left: Left[] = [];
  /** What something that stays names -> its kind. */
  const inUse = new Map<string | null | undefined, string>();
  for (const kind of KINDS) {
    const rows: ImportedRow[] = [];
    for await (const row of client.rows<ImportedRow>(`/api/${kind.service}/${kind.aggregate}`)) rows.push(row);
    const mine = childrenFirst(rows.filter((row) => row.provenance?.run === run));
    const whyNot = ({ id }: ImportedRow): string | null => (inUse.has(id) ? `one of the ${inUse.get(id)} that stay names it` : null);
    for (const row of mine) {
      const reason = whyNot(row);
      if (reason !== null) left.push({ kind: kind.kind, id: row.id, reason });
    }
    const free = mine.filter((row) => whyNot(row) === null);
    // Whether what is named is free can only be asked once what names it is gone; a dry run leaves that.
    const ask = options.apply || Object.values(takenBack).every((count) => count === 0);
    const gone = ask ? await takeBack(client, kind, free, { ...options, run, left }) : new Set(free.map((row) => row.id));
    if (mine.length > 0) takenBack[kind.kind] = gone.size;
    for (const row of rows) if (!gone.has(row.id)) for (const id of kind.names?.(row) ?? []) inUse.set(id, kind.kind);
  }
  return { run, applied: options.apply, takenBack, left };
}

async function takeBack(client: KeyfoldClient, kind: Kind, rows: readonly ImportedRow[], options: { run: string; apply: boolean; quiet: boolean; left: Left[] }): Promise<Set<string>> {
  const progress = new Progress(kind.kind, rows.length, options.quiet);
  const gone = new Set<string>();
  for (const [depth, wave] of wavesOf(rows).entries()) {
    if (!options.apply && depth > 0) {
      for (const { id } of wave) gone.add(id); // they stand above those that are still there
      continue;
    }
    const written: string[] = [];
    for (let start = 0; start < wave.length; start += BATCH) {
      const batch = wave.slice(start, start + BATCH);
      const results = await client.bulk(kind.service, batch.map((row) => withdrawal(kind, row, options.run)), !options.apply);
      for (const [i, { status, version, problem }] of results.entries()) {
        const { id } = batch[i]!;
        if (status < 400) {
          gone.add(id);
          written.push(`${kind.stream}-${kind.partOf?.(batch[i]!).id ?? id}:${version}`);
        } else options.left.push({ kind: kind.kind, id, reason: `${problem?.title ?? 'refused'} (${problem?.code ?? status})` });
      }
      progress.add(batch.length);
    }
    if (options.apply) await settle(client, kind, written.slice(-LAST));
  }
  return gone;
}

/** Waits until the lists of the service show what was taken back: they are asked whether somebody still names what comes next. */
async function settle(client: KeyfoldClient, { service, aggregate, kind }: Kind, written: readonly string[]): Promise<void> {
  for (let start = 0; start < written.length; start += AWAITED) {
    const after = written.slice(start, start + AWAITED).join(',');
    let attempts = 0;
    while ((await client.get<{ stale: boolean }>(`/api/${service}/${aggregate}?limit=1&after=${after}`)).stale)
      if ((attempts += 1) === SETTLE_ATTEMPTS) throw new Failure(`the ${kind} are taken back, but the lists have not caught up within a minute: run the command again to go on.`);
  }
}

function withdrawal({ aggregate, partOf }: Kind, row: ImportedRow, run: string): BulkCommand {
  const { part, ...told } = partOf?.(row) ?? { aggregate, command: 'withdraw', id: row.id, part: {} };
  return { ...told, body: { ...part, reason: `import ${run} taken back` } };
}

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
