import type { KeyfoldClient } from '../client.js';
import type { Referred } from './entities.js';
import type { Mapping } from './mapping.js';
import { idOfRow } from './rows-to-commands.js';
import { WrongValue } from './values.js';

const LISTS: Readonly<Record<Referred, string>> = { accounts: '/api/accounts/key-accounts', members: '/api/accounts/team-members' };

interface Listed {
  readonly ids: ReadonlySet<string>;
  /** Name in lower case -> id; null where several have it. */
  readonly names: ReadonlyMap<string, string | null>;
}

/** What the rows of files may name, looked up once: everything that the caller sees of it in Keyfold, and what the files themselves make. */
export class References {
  private constructor(
    private readonly mapping: Mapping,
    private readonly made: ReadonlySet<string>,
    private readonly listed: ReadonlyMap<Referred, Listed>,
  ) {}

  /** `made`: ids that the files make. */
  static async of(client: KeyfoldClient, mapping: Mapping, made: ReadonlySet<string>, wanted: readonly Referred[]): Promise<References> {
    const listed = new Map<Referred, Listed>();
    for (const entity of wanted) {
      const ids = new Set<string>();
      const names = new Map<string, string | null>();
      for await (const { id, name } of client.rows<{ id: string; name: string | null }>(LISTS[entity])) {
        ids.add(id);
        if (name !== null) names.set(name.toLowerCase(), names.has(name.toLowerCase()) ? null : id);
      }
      listed.set(entity, { ids, names });
    }
    return new References(mapping, made, listed);
  }

  /** The id of what a cell names: by its key in the source, by its id, or by a name that only one has. */
  id(to: Referred, text: string, column: string): string {
    const { ids, names } = this.listed.get(to)!;
    const derived = idOfRow(this.mapping, to, text);
    if (this.made.has(derived) || ids.has(derived)) return derived;
    if (ids.has(text)) return text;
    const named = names.get(text.toLowerCase());
    if (named === null) throw new WrongValue(`${column}: ${text} is the name of several ${to}, say the id`, column);
    if (named === undefined) throw new WrongValue(`${column}: ${text} is neither the key, the id nor the name of one of the ${to}`, column);
    return named;
  }
}
