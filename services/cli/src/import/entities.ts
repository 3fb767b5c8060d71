import {
  BUYING_ROLES,
  COMPANY_FUNCTIONS,
  LANGUAGES,
  OBJECTIVE_KINDS,
  OBJECTIVE_METRICS,
  OBJECTIVE_UNITS,
  POLITICAL_STATUSES,
  SENIORITY_LEVELS,
  SUPPORTS,
  TOUCHPOINT_KINDS,
  TRAVEL_MEANS,
} from '@keyfold/contracts';

/** What an export may have a file of, in the order in which it is imported: what others name comes first. */
export const ENTITIES = ['members', 'offerings', 'accounts', 'opportunities', 'stakeholders', 'touchpoints', 'plans', 'objectives', 'actions'] as const;
export type Entity = (typeof ENTITIES)[number];

/** What a row may name: by its key in the source or its id in Keyfold, and accounts and members by a name that only one has. */
export type Referred = 'accounts' | 'members' | 'stakeholders';

/** What a column says, and how. */
export interface Column {
  /** Must be mapped. Whether a row may leave it empty is another question: not every open deal has a date. */
  readonly needed?: true;
  /** `codes`: several in one cell, separated by commas, semicolons or bars. `references`: separated by semicolons or bars, because a name may have a comma. */
  readonly takes: 'text' | 'date' | 'instant' | 'zone' | 'amount' | 'number' | 'code' | 'codes' | 'currency' | 'reference' | 'references' | 'key' | 'keys';
  readonly of?: readonly (string | number)[];
  readonly to?: Referred;
}

const text: Column = { takes: 'text' };
const needed = (column: Column): Column => ({ ...column, needed: true });
const code = (...of: readonly (string | number)[]): Column => ({ takes: 'code', of });
const codes = (...of: readonly string[]): Column => ({ takes: 'codes', of });
const reference = (to: Referred): Column => ({ takes: 'reference', to });
const references = (to: Referred): Column => ({ takes: 'references', to });
const key: Column = { takes: 'key' };
const currency: Column = { takes: 'currency' };
const number: Column = { takes: 'number' };
const date: Column = { takes: 'date' };
const amount: Column = { takes: 'amount' };

const STANCES = ['consented', 'opposed'];

/** Columns that an entity can take from a file. */
export const COLUMNS: Readonly<Record<Entity, Readonly<Record<string, Column>>>> = {
  members: { name: needed(text), manager: key, region: text },
  offerings: { name: needed(text), family: text, listPrice: amount },
  accounts: { name: needed(text), sector: text, country: text, yearEstablished: number, employees: number, revenueMillions: number, parent: key },
  opportunities: { name: text, owner: needed(key), offering: key, account: needed(key), stage: needed(text), openedOn: needed(date), closedOn: needed(date), amount: needed(amount) },
  stakeholders: {
    account: needed(reference('accounts')),
    name: needed(text),
    mail: text,
    phone: text,
    function: code(...COMPANY_FUNCTIONS),
    level: code(...SENIORITY_LEVELS),
    buyingRoles: codes(...BUYING_ROLES),
    politicalStatus: code(...POLITICAL_STATUSES),
    support: code(...SUPPORTS),
    language: code(...LANGUAGES),
    marketing: code(...STANCES),
    survey: code(...STANCES),
  },
  touchpoints: {
    account: needed(reference('accounts')),
    occurredAt: needed({ takes: 'instant' }),
    timeZone: { takes: 'zone' },
    kind: needed(code(...TOUCHPOINT_KINDS)),
    direction: needed(code('in', 'out')),
    stakeholders: references('stakeholders'),
    members: references('members'),
    note: text,
    travelMeans: code(...TRAVEL_MEANS),
    travelKm: number,
    reason: text,
  },
  plans: { account: needed(reference('accounts')), fiscalYear: needed(number), currency: needed(currency) },
  objectives: {
    plan: needed(key),
    kind: needed(code(...OBJECTIVE_KINDS)),
    title: needed(text),
    metric: needed(code(...OBJECTIVE_METRICS)),
    unit: needed(code(...OBJECTIVE_UNITS)),
    currency,
    baseline: needed(number),
    target: needed(number),
    dueOn: needed(date),
    owner: needed(reference('members')),
  },
  actions: { plan: needed(key), title: needed(text), objective: key, owner: reference('members'), startOn: date, dueOn: needed(date), dependsOn: { takes: 'keys' } },
};
