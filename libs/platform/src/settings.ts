/** One environment variable: what it is for, what it takes, how it is read. The settings table of the README is made from these. */
export interface Setting<Value> {
  readonly name: string;
  readonly meaning: string;
  /** What a right value looks like, as the error message and the README say it. */
  readonly wants: string;
  /** The text used when the variable is absent; null: no value. */
  readonly fallback: string | null;
  /** True: the value is never repeated in a message. */
  readonly secret: boolean;
  /** Throws when the text is not a right value. */
  parse(text: string): Value;
}

type Definition = Partial<Pick<Setting<unknown>, 'fallback' | 'secret'>> & { meaning: string };

const wrong = (): never => {
  throw new TypeError('not a right value');
};

function define<Value>(name: string, wants: string, parse: (text: string) => Value, definition: Definition): Setting<Value> {
  return { name, wants, parse, fallback: null, secret: false, ...definition };
}

export const text = (name: string, definition: Definition & { wants?: string; pattern?: RegExp }): Setting<string> => {
  const { wants = 'a text', pattern = /^.+$/s, ...rest } = definition;
  return define(name, wants, (value) => (pattern.test(value) ? value : wrong()), rest);
};

export const oneOf = <Value extends string>(name: string, values: readonly Value[], definition: Definition): Setting<Value> =>
  define(name, values.join(' or '), (value) => values.find((known) => known === value) ?? wrong(), definition);

export const whole = (name: string, min: number, max: number, definition: Definition): Setting<number> =>
  define(
    name,
    `a whole number from ${min} to ${max}`,
    (value) => (/^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : wrong()),
    definition,
  );

export const flag = (name: string, definition: Definition): Setting<boolean> =>
  define(name, 'true or false', (value) => (value === 'true' ? true : value === 'false' ? false : wrong()), { fallback: 'false', ...definition });

/** The hosts of a replica set stand in one URL, which a URL of the web may not have: it is judged by the first of them. */
const judged = (value: string): string => value.replace(/^(mongodb:\/\/[^/?]*?),[^/?]*/, '$1');

export const url = (name: string, protocols: readonly string[], definition: Definition): Setting<string> =>
  define(
    name,
    `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    (value) => (URL.canParse(judged(value)) && protocols.includes(new URL(judged(value)).protocol) ? value.replace(/\/$/, '') : wrong()),
    definition,
  );

export const hosts = (name: string, definition: Definition): Setting<readonly string[]> =>
  define(
    name,
    'host:port, several separated by commas',
    (value) => {
      const list = value.split(',').map((host) => host.trim());
      return list.every((host) => /^[\w.[\]:-]+:\d{1,5}$/.test(host)) ? list : wrong();
    },
    definition,
  );

export const key = (name: string, definition: Definition): Setting<Buffer> =>
  define(
    name,
    '32 random bytes in base64 (openssl rand -base64 32)',
    (value) => {
      const bytes = Buffer.from(value, 'base64');
      return bytes.length === 32 && bytes.toString('base64') === value && new Set(bytes).size >= 8 ? bytes : wrong();
    },
    { secret: true, ...definition },
  );

export const timeZone = (name: string, definition: Definition): Setting<string> =>
  define(name, 'an IANA time zone such as Europe/Paris', (value) => new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone, definition);
