import { readFile } from 'node:fs/promises';
import { LOSS_REASONS, type LossReason, MOTIONS, type Motion, type Stage, STAGES } from '@keyfold/contracts';
import { Failure } from '../failure.js';

export const ENTITIES = ['members', 'offerings', 'accounts', 'opportunities'] as const;
export type Entity = (typeof ENTITIES)[number];

/** Columns that an entity can take from a file; those marked true must be mapped. */
const COLUMNS: Readonly<Record<Entity, Readonly<Record<string, boolean>>>> = {
  members: { name: true, manager: false, region: false },
  offerings: { name: true, family: false, listPrice: false },
  accounts: { name: true, sector: false, country: false, yearEstablished: false, employees: false, revenueMillions: false, parent: false },
  opportunities: { name: false, owner: true, offering: false, account: true, stage: true, openedOn: true, closedOn: true, amount: true },
};

export interface FileMapping {
  readonly file: string;
  /** Column that identifies the row in the source. */
  readonly key: string;
  /** Keyfold's field -> the file's column. */
  readonly columns: Readonly<Record<string, string>>;
}

/** How another system's export reads: files, columns, stages, aliases. A new source needs a new mapping, not new code. */
export interface Mapping {
  readonly source: string;
  readonly currency: string;
  readonly delimiter: string;
  readonly files: Readonly<Record<Entity, FileMapping>>;
  readonly stages: Readonly<Record<string, { readonly stage: Stage; readonly outcome?: 'won' | 'lost' }>>;
  /** What the source writes -> what is meant, by kind: offering, account, owner, sector, country, region. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly motion: Motion;
  readonly lossReason: LossReason;
}

/** Reads a mapping. Throws a Failure that names every fault. */
export async function readMapping(path: string): Promise<Mapping> {
  let mapping: Mapping;
  try {
    mapping = JSON.parse(await readFile(path, 'utf8')) as Mapping;
  } catch (error) {
    throw new Failure(`the mapping ${path} cannot be read: ${(error as Error).message}`);
  }
  const faults = faultsOf(mapping);
  if (faults.length > 0) throw new Failure(`the mapping ${path} is not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return mapping;
}

export function faultsOf(mapping: Partial<Mapping>): string[] {
  const faults: string[] = [];
  if (!/^[a-z0-9-]{1,40}$/.test(mapping.source ?? '')) faults.push('source: a short name of lower-case letters, digits and hyphens');
  if (!/^[A-Z]{3}$/.test(mapping.currency ?? '')) faults.push('currency: an ISO 4217 code');
  if (mapping.delimiter?.length !== 1) faults.push('delimiter: one character');
  if (!MOTIONS.includes(mapping.motion as Motion)) faults.push(`motion: one of ${MOTIONS.join(', ')}`);
  if (!LOSS_REASONS.includes(mapping.lossReason as LossReason)) faults.push(`lossReason: one of ${LOSS_REASONS.join(', ')}`);
  for (const entity of ENTITIES) faults.push(...fileFaults(entity, mapping.files?.[entity]));
  for (const [name, { stage, outcome }] of Object.entries(mapping.stages ?? {}))
    if (!STAGES.includes(stage) || ![undefined, 'won', 'lost'].includes(outcome)) faults.push(`stages.${name}: stage is one of ${STAGES.join(', ')}, outcome won or lost or absent`);
  return faults;
}

function fileFaults(entity: Entity, file: FileMapping | undefined): string[] {
  if (!file?.file || !file.key) return [`files.${entity}: file and key are needed`];
  const columns = file.columns ?? {};
  const unknown = Object.keys(columns).filter((name) => !(name in COLUMNS[entity]));
  const missing = Object.keys(COLUMNS[entity]).filter((name) => COLUMNS[entity][name] && !columns[name]);
  return [...unknown.map((name) => `files.${entity}.columns.${name}: is not a field of ${entity}`), ...missing.map((name) => `files.${entity}.columns.${name}: is needed`)];
}
