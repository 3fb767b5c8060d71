import type { KeyfoldClient } from '../client.js';
import type { Referred } from './entities.js';
import type { Mapping } from './mapping.js';
import { idOfRow } from './row-id.js';
import { WrongValue } from './values.js';

const LISTS = { accounts: '/api/accounts/key-accounts', members: '/api/accounts/team-members' } as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
/** Questions under way at once. */
const LANES = 8;

interface Known {
  readonly ids: ReadonlySet<string>;
  /** Name in lower case -> id; null where several have it. */
  readonly names: ReadonlyMap<string, string | null>;
}

interface Wanted {
  /** Ids that the files make. */
  readonly made: ReadonlySet<string>;
  readonly wanted: readonly Referred[];
  /** What the files call people by. */
  readonly people: ReadonlySet<string>;
}

/** What the rows of files may name, looked up once: what the caller sees of it in Keyfold, and what the files themselves make. */
export class References {
  private constructor(
    private readonly mapping: Mapping,
    private readonly made: ReadonlySet<string>,
    private readonly known: ReadonlyMap<Referred, Known>,
  ) {}

  /** Accounts and members are listed, because rows may call them by their names; people at clients are asked for one by one, by keys and ids. */
  static async of(client: KeyfoldClient, mapping: Mapping, { made, wanted, people }: Wanted): Promise<References> {
    const known = new Map<Referred, Known>();
    for (const entity of wanted) {
      if (entity !== 'stakeholders') known.set(entity, await listed(client, LISTS[entity]));
      else {
        const ids = [...people].flatMap((text) => [idOfRow(mapping, 'stakeholders', text), ...(ID.test(text) ? [text] : [])]);
        known.set(entity, { ids: await those(ids, async (id) => !made.has(id) && client.has(`/api/accounts/stakeholders/${id}`)), names: new Map() });
      }
    }
    return new References(mapping, made, known);
  }

  /** The id of what a cell names: by its key in the source, by its id, or by a name that only one has. */
  id(to: Referred, text: string, column: string): string {
    const { ids, names } = this.known.get(to)!;
    const derived = idOfRow(this.mapping, to, text);
    if (this.made.has(derived) || ids.has(derived)) return derived;
    if (ids.has(text)) return text;
    const named = names.get(text.toLowerCase());
    if (named === null) throw new WrongValue(`${column}: ${text} is the name of several ${to}, say the id`, column);
    if (named === undefined) throw new WrongValue(`${column}: ${text} is not one of the ${to}${names.size > 0 ? ', neither by key nor by id or name' : ', neither by key nor by id'}`, column);
    return named;
  }
}

async function listed(client: KeyfoldClient, path: string): Promise<Known> {
  const ids = new Set<string>();
  const names = new Map<string, string | null>();
  for await (const { id, name } of client.rows<{ id: string; name: string | null }>(path)) {
    ids.add(id);
    if (name !== null) names.set(name.toLowerCase(), names.has(name.toLowerCase()) ? null : id);
  }
  return { ids, names };
}

async function those(ids: readonly string[], hold: (id: string) => Promise<boolean>): Promise<Set<string>> {
  const held = new Set<string>();
  const left = ids.values();
  const lane = async (): Promise<void> => {
    for (const id of left) if (await hold(id)) held.add(id);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return held;
}
