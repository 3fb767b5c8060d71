import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failure.js';
import { ENTITIES, type Entity } from './entities.js';
import type { Mapping } from './mapping.js';
import { delimiterOf, exists, MAX_FILE_BYTES, readRows, type RowOrFault, type SourceFile, type SourceRow } from './read-file.js';
import { idOfRow } from './row-id.js';

/** The files of an export: which of the mapped ones are there, and their rows. A rejects folder holds only some of them. */
export class SourceFolder {
  private constructor(
    private readonly files: ReadonlyMap<Entity, SourceFile>,
    readonly mapping: Mapping,
    /** Names this import: the same files have the same run, so that one that was cut off is gone on with. */
    readonly run: string,
  ) {}

  /** A folder with the files that the mapping names, or a single file. */
  static async open(path: string, mapping: Mapping): Promise<SourceFolder> {
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return SourceFolder.of([[entityOf(path, mapping), path]], mapping);
    if (!found?.isDirectory()) throw new Failure(`${path} is neither a file nor a folder.`);
    const paths: [Entity, string][] = [];
    for (const entity of ENTITIES) {
      const file = mapping.files[entity]?.file;
      if (file !== undefined && (await exists(join(path, file)))) paths.push([entity, join(path, file)]);
    }
    if (paths.length === 0) throw new Failure(`${path} has none of ${namesOf(mapping)}.`);
    return SourceFolder.of(paths, mapping);
  }

  private static async of(paths: readonly [Entity, string][], mapping: Mapping): Promise<SourceFolder> {
    const hash = createHash('sha256');
    const files = new Map<Entity, SourceFile>();
    for (const [entity, path] of paths) {
      const { size } = await stat(path);
      if (size > MAX_FILE_BYTES) throw new Failure(`${basename(path)} has ${Math.ceil(size / 1e6)} MB, and ${MAX_FILE_BYTES / 1e6} MB at most are read: cut it into several files.`);
      files.set(entity, { path, entity, delimiter: mapping.delimiter ?? (await delimiterOf(path)), mapping: mapping.files[entity]!, aliases: mapping.aliases });
      hash.update(`${entity}:`);
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    }
    return new SourceFolder(files, mapping, `${mapping.source}-${hash.digest('hex').slice(0, 12)}`);
  }

  get entities(): readonly Entity[] {
    return [...this.files.keys()];
  }

  has(...entities: readonly Entity[]): boolean {
    return entities.some((entity) => this.files.has(entity));
  }

  file(entity: Entity): SourceFile {
    return this.files.get(entity)!;
  }

  async *rows(entity: Entity): AsyncGenerator<RowOrFault> {
    const file = this.files.get(entity);
    if (file) yield* readRows(file);
  }
}

const namesOf = ({ files }: Mapping): string => Object.values(files).map(({ file }) => file).join(', ');

/** What a single file holds: the only thing that the mapping reads, or what its name says. */
function entityOf(path: string, mapping: Mapping): Entity {
  const entities = Object.entries(mapping.files) as [Entity, { file: string }][];
  const [entity] = entities.length === 1 ? entities[0]! : (entities.find(([, { file }]) => file === basename(path)) ?? []);
  if (!entity) throw new Failure(`${basename(path)} is none of ${namesOf(mapping)}: call it so, or import the folder ${dirname(path)}.`);
  return entity;
}

type Named = 'members' | 'offerings' | 'accounts';

export interface Scan {
  readonly counts: Readonly<Record<Entity, number>>;
  /** Ids of the members, managers, offerings, accounts and people of the files. */
  readonly ids: Set<string>;
  /** Ids that rows of a CRM name but no file has: to be looked for in Keyfold. */
  readonly missing: ReadonlyMap<string, { readonly entity: Named }>;
  readonly firstDeal: ReadonlyMap<string, string>;
  /** People that contacts name, as the cells say it. */
  readonly people: ReadonlySet<string>;
}

/** First pass over the files: how many rows there are, which ids they make and name, and the first deal of each account. */
export async function scan(source: SourceFolder): Promise<Scan> {
  const seen = new Seen(source.mapping);
  const counts = Object.fromEntries(ENTITIES.map((entity) => [entity, 0])) as Record<Entity, number>;
  for (const entity of source.entities)
    for await (const entry of source.rows(entity)) {
      counts[entity] += 1;
      if ('row' in entry) seen.row(entity, entry.row);
    }
  const { ids, firstDeal, named, people } = seen;
  return { counts, ids, firstDeal, people, missing: new Map([...named].filter(([id]) => !ids.has(id))) };
}

class Seen {
  readonly ids = new Set<string>();
  readonly named = new Map<string, { entity: Named }>();
  readonly firstDeal = new Map<string, string>();
  readonly people = new Set<string>();

  constructor(private readonly mapping: Mapping) {}

  row(entity: Entity, row: SourceRow): void {
    if (entity !== 'opportunities') this.ids.add(idOfRow(this.mapping, entity, row.key));
    if (entity === 'members' && row.field('manager') !== '') this.ids.add(idOfRow(this.mapping, 'managers', row.field('manager')));
    if (entity === 'accounts') this.name('accounts', row.field('parent'));
    if (entity === 'opportunities') this.deal(row);
    if (entity === 'touchpoints') for (const person of row.items('stakeholders')) this.people.add(person);
  }

  private deal(row: SourceRow): void {
    this.name('members', row.field('owner'));
    this.name('offerings', row.field('offering'));
    this.name('accounts', row.field('account'));
    const [account, openedOn] = [row.field('account'), row.field('openedOn')];
    const first = this.firstDeal.get(account);
    if (openedOn !== '' && (first === undefined || openedOn < first)) this.firstDeal.set(account, openedOn);
  }

  private name(entity: Named, key: string): void {
    if (key !== '') this.named.set(idOfRow(this.mapping, entity, key), { entity });
  }
}
