import { type ClientPosition, type KeyAccountEvent, keyAccountContract, type StakeholderEvent, stakeholderContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';

/** What ought to be known of every account, and of every person at a client (domain.md 3.17). */
export const REQUIRED = {
  account: ['sector', 'country', 'employees', 'revenue', 'owner'],
  person: ['function', 'level', 'buying-roles', 'language', 'contact-details'],
} as const;
type Subject = keyof typeof REQUIRED;

/** When each of the required facts was said last; one that is not there is not known. */
export interface DataQualityRow {
  /** `account-<id>`, `person-<stakeholder>`. */
  readonly id: string;
  readonly subject: Subject;
  readonly accountId: string;
  /** A prospect, a client or a person that is still there: what was is not kept up. */
  readonly current: boolean;
  readonly saidAt: Readonly<Record<string, string>>;
  /** When we classified the account: its sector is known from then on, whatever its source says. */
  readonly classifiedAt: string | null;
}

const FOLLOWED = [keyAccountContract, stakeholderContract] as unknown as readonly AggregateContract<never>[];

export const dataQuality = projection<DataQualityRow>({
  name: 'data-quality',
  version: 2,
  follows: FOLLOWED,
  indexes: [['subject', 'accountId'], ['accountId']],
  rowsOf: (event) => [isOfAccount(event) ? `account-${idOf(keyAccountContract, event.streamId)}` : `person-${idOf(stakeholderContract, event.streamId)}`],
  fold(row, event, id) {
    const fact = event as RecordedEvent & (KeyAccountEvent | StakeholderEvent);
    const known = row ?? { id, subject: isOfAccount(event) ? 'account' : 'person', accountId: isOfAccount(event) ? idOf(keyAccountContract, event.streamId) : event.partitionKey, current: true, saidAt: {}, classifiedAt: null };
    if (fact.type === 'accounts.key-account.withdrawn' || fact.type === 'accounts.stakeholder.withdrawn') return null;
    const facts = factsIn(fact);
    if (row && Object.keys(facts).length === 0 && !ENDS.includes(fact.type)) return row;
    const classifiedAt = fact.type === 'accounts.key-account.classified' ? event.recordedAt : known.classifiedAt;
    const saidAt = withSaid(known.saidAt, facts, event.recordedAt);
    return { ...known, current: known.current && !ENDS.includes(fact.type), classifiedAt, saidAt: classifiedAt === null ? saidAt : { sector: classifiedAt, ...saidAt } };
  },
});

const isOfAccount = ({ type }: { readonly type: string }): boolean => type.startsWith('accounts.key-account.');

const ENDS: readonly string[] = ['accounts.key-account.closed', 'accounts.key-account.merged', 'accounts.stakeholder.departed', 'accounts.stakeholder.erased'];

/** The required facts that an event says, with their values; null and empty ones are unknown by now. */
function factsIn(fact: KeyAccountEvent | StakeholderEvent): Readonly<Record<string, unknown>> {
  switch (fact.type) {
    case 'accounts.key-account.prospect-registered':
    case 'accounts.key-account.client-registered':
    case 'accounts.key-account.details-changed': {
      const { sector, country, employees, revenueMillions } = fact.data.profile;
      return { sector, country, employees, revenue: revenueMillions };
    }
    case 'accounts.key-account.classified':
      return { sector: fact.data.sector };
    case 'accounts.key-account.owner-assigned':
    case 'accounts.key-account.handed-over':
      return { owner: true };
    case 'accounts.stakeholder.registered':
      return { ...positionIn(fact.data), 'buying-roles': fact.data.buyingRoles, language: fact.data.language, 'contact-details': fact.data.mail ?? fact.data.phone };
    case 'accounts.stakeholder.position-changed':
      return positionIn(fact.data);
    case 'accounts.stakeholder.buying-roles-set':
      return { 'buying-roles': fact.data.roles };
    case 'accounts.stakeholder.preferred-language-set':
      return { language: fact.data.language };
    case 'accounts.stakeholder.contact-details-changed':
      return { 'contact-details': fact.data.mail ?? fact.data.phone };
    default:
      return {};
  }
}

const positionIn = ({ function: position, level }: ClientPosition) => ({ function: position, level });

const isKnown = (value: unknown): boolean => value !== null && !(Array.isArray(value) && value.length === 0);

function withSaid(saidAt: DataQualityRow['saidAt'], facts: Readonly<Record<string, unknown>>, at: string): DataQualityRow['saidAt'] {
  const before = Object.entries(saidAt).filter(([name]) => !(name in facts));
  const now = Object.entries(facts).flatMap(([name, value]): [string, string][] => (isKnown(value) ? [[name, at]] : []));
  return Object.fromEntries([...before, ...now]);
}
