import { readFile } from 'node:fs/promises';
import { LOSS_REASONS, type LossReason, MOTIONS, type Motion, type Stage, STAGES } from '@keyfold/contracts';
import { Failure } from '../failure.js';
import { COLUMNS, ENTITIES, type Entity } from './entities.js';

/** What a column is called, in upper or lower case; several where it may go by several names. */
export type Header = string | readonly string[];

export interface FileMapping {
  readonly file: string;
  /** Column that identifies the row in the source. */
  readonly key: Header;
  /** Keyfold's field -> the file's column. */
  readonly columns: Readonly<Record<string, Header>>;
  /**
   * The file has the columns that are named here and no others, and those that Keyfold does not need may be absent.
   * Otherwise every column that is named has to be there, and others are passed over.
   */
  readonly closed?: boolean;
  /** A row as it could stand in the file, for its template. */
  readonly example?: Readonly<Record<string, string>>;
}

/** How another system's export reads: files, columns, stages, aliases. A new source needs a new mapping, not new code. */
export interface Mapping {
  readonly source: string;
  /** Absent: found out, file by file. */
  readonly delimiter?: string;
  readonly files: Readonly<Partial<Record<Entity, FileMapping>>>;
  /** What the source writes -> what is meant, by field: offering, account, owner, sector, country, level. Also in lower case. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** These are needed where there are deals. */
  readonly currency: string;
  readonly stages: Readonly<Record<string, { readonly stage: Stage; readonly outcome?: 'won' | 'lost' }>>;
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

export const isSourceName = (name: string | undefined): boolean => /^[a-z0-9-]{1,40}$/.test(name ?? '');

export function faultsOf(mapping: Partial<Mapping>): string[] {
  const faults: string[] = [];
  if (!isSourceName(mapping.source)) faults.push('source: a short name of lower-case letters, digits and hyphens');
  if (mapping.delimiter !== undefined && mapping.delimiter.length !== 1) faults.push('delimiter: one character, or absent');
  if (mapping.files?.opportunities || mapping.files?.offerings) faults.push(...dealFaults(mapping));
  const files = Object.entries(mapping.files ?? {});
  if (files.length === 0) faults.push(`files: at least one of ${ENTITIES.join(', ')}`);
  for (const [entity, file] of files) faults.push(...(isEntity(entity) ? fileFaults(entity, file) : [`files.${entity}: is none of ${ENTITIES.join(', ')}`]));
  return faults;
}

const isEntity = (name: string): name is Entity => ENTITIES.includes(name as Entity);

function dealFaults(mapping: Partial<Mapping>): string[] {
  const faults: string[] = [];
  if (!/^[A-Z]{3}$/.test(mapping.currency ?? '')) faults.push('currency: an ISO 4217 code');
  if (!MOTIONS.includes(mapping.motion as Motion)) faults.push(`motion: one of ${MOTIONS.join(', ')}`);
  if (!LOSS_REASONS.includes(mapping.lossReason as LossReason)) faults.push(`lossReason: one of ${LOSS_REASONS.join(', ')}`);
  for (const [name, { stage, outcome }] of Object.entries(mapping.stages ?? {}))
    if (!STAGES.includes(stage) || ![undefined, 'won', 'lost'].includes(outcome)) faults.push(`stages.${name}: stage is one of ${STAGES.join(', ')}, outcome won or lost or absent`);
  return faults;
}

function fileFaults(entity: Entity, file: FileMapping | undefined): string[] {
  if (!file?.file || !file.key) return [`files.${entity}: file and key are needed`];
  const columns = file.columns ?? {};
  const unknown = Object.keys(columns).filter((name) => !Object.hasOwn(COLUMNS[entity], name));
  const missing = Object.keys(COLUMNS[entity]).filter((name) => COLUMNS[entity][name]!.needed && !columns[name]);
  return [...unknown.map((name) => `files.${entity}.columns.${name}: is not a field of ${entity}`), ...missing.map((name) => `files.${entity}.columns.${name}: is needed`)];
}
