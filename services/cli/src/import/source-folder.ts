import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../failure.js';
import { ENTITIES, type Entity, type Mapping } from './mapping.js';
import { exists, readRows, type RowOrFault } from './read-file.js';
import { idOfRow } from './rows-to-commands.js';

/** The folder of an export: which of the mapped files are there, and their rows. A rejects folder holds only some of them. */
export class SourceFolder {
  private constructor(
    private readonly folder: string,
    readonly mapping: Mapping,
    readonly entities: readonly Entity[],
    /** Names this import: the same files have the same run, so that one that was cut off is gone on with. */
    readonly run: string,
  ) {}

  static async open(folder: string, mapping: Mapping): Promise<SourceFolder> {
    if (!(await stat(folder).then((found) => found.isDirectory(), () => false))) throw new Failure(`${folder} is not a folder.`);
    const hash = createHash('sha256');
    const entities: Entity[] = [];
    for (const entity of ENTITIES) {
      const path = join(folder, mapping.files[entity].file);
      if (!(await exists(path))) continue;
      entities.push(entity);
      hash.update(`${entity}:`);
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    }
    if (entities.length === 0) throw new Failure(`${folder} has none of ${ENTITIES.map((entity) => mapping.files[entity].file).join(', ')}.`);
    return new SourceFolder(folder, mapping, entities, `${mapping.source}-${hash.digest('hex').slice(0, 12)}`);
  }

  fileOf(entity: Entity): string {
    return basename(this.mapping.files[entity].file);
  }

  path(entity: Entity): string {
    return join(this.folder, this.mapping.files[entity].file);
  }

  async *rows(entity: Entity): AsyncGenerator<RowOrFault> {
    if (!this.entities.includes(entity)) return;
    yield* readRows(this.path(entity), this.mapping.delimiter, this.mapping.files[entity], this.mapping.aliases);
  }
}

export interface Scan {
  readonly counts: Readonly<Record<Entity, number>>;
  /** Ids of the members, managers, offerings and accounts of the files. */
  readonly ids: Set<string>;
  /** Ids that rows name but no file has: to be looked for in Keyfold. */
  readonly missing: ReadonlyMap<string, { readonly entity: 'members' | 'offerings' | 'accounts' }>;
  readonly firstDeal: ReadonlyMap<string, string>;
}

/** First pass over the files: how many rows there are, which ids they make and name, and the first deal of each account. */
export async function scan(source: SourceFolder): Promise<Scan> {
  const { mapping } = source;
  const counts = { members: 0, offerings: 0, accounts: 0, opportunities: 0 };
  const ids = new Set<string>();
  const named = new Map<string, { entity: 'members' | 'offerings' | 'accounts' }>();
  const firstDeal = new Map<string, string>();
  const name = (entity: 'members' | 'offerings' | 'accounts', key: string): void => {
    if (key !== '') named.set(idOfRow(mapping, entity, key), { entity });
  };
  for (const entity of source.entities)
    for await (const entry of source.rows(entity)) {
      counts[entity] += 1;
      if (!('row' in entry)) continue;
      const { row } = entry;
      if (entity !== 'opportunities') ids.add(idOfRow(mapping, entity, row.key));
      if (entity === 'members' && row.field('manager') !== '') ids.add(idOfRow(mapping, 'managers', row.field('manager')));
      if (entity === 'accounts') name('accounts', row.field('parent'));
      if (entity !== 'opportunities') continue;
      name('members', row.field('owner'));
      name('offerings', row.field('offering'));
      name('accounts', row.field('account'));
      const [account, openedOn] = [row.field('account'), row.field('openedOn')];
      const first = firstDeal.get(account);
      if (openedOn !== '' && (first === undefined || openedOn < first)) firstDeal.set(account, openedOn);
    }
  return { counts, ids, firstDeal, missing: new Map([...named].filter(([id]) => !ids.has(id))) };
}
