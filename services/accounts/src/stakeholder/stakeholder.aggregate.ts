import {
  type BuyingRole,
  CONTACT_PURPOSES,
  type ContactPurpose,
  type DepartureReason,
  type Language,
  type PoliticalStatus,
  type ClientPosition,
  type Provenance,
  type StakeholderEvent,
  stakeholderContract,
  type Support,
} from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';
import { contactsAfter, isOfRetention, NEVER_IN_TOUCH, type ReceivedContact, retained, type Retention } from './stakeholder.retention.aggregate.js';

/** What a person said about being written to; null: nothing. */
export type Stance = 'consented' | 'opposed' | null;

/** In the clear in a decision, ciphertext in a state. */
export interface ContactDetails {
  readonly name: string;
  readonly mail: string | null;
  readonly phone: string | null;
}

/** What we judge or know of a person's part in the client's decisions. */
export interface Standing extends ClientPosition {
  readonly buyingRoles: readonly BuyingRole[];
  readonly politicalStatus: PoliticalStatus | null;
  readonly support: Support | null;
  readonly language: Language | null;
}

export interface KnownStakeholder extends ContactDetails, Standing, Retention {
  readonly status: 'active' | 'departed';
  readonly personId: string;
  readonly accountId: string;
  readonly stances: Readonly<Record<ContactPurpose, Stance>>;
  readonly registeredAt: string;
  readonly contacts: readonly ReceivedContact[];
  /** Under which id the person was registered next. */
  readonly movedTo: string | null;
  /** Where an imported person comes from; null for everybody else. */
  readonly provenance: Provenance | null;
  readonly versions: number;
}

/** Of whoever was taken back with an import what he does not want is kept: it holds when he is said again. */
type WithdrawnStakeholder = { readonly status: 'withdrawn'; readonly accountId: string; readonly opposed: readonly ContactPurpose[] };

export type Stakeholder = { readonly status: 'unknown' } | WithdrawnStakeholder | KnownStakeholder;

export const stakeholder = decider<Stakeholder, StakeholderEvent>({
  contract: stakeholderContract,
  initial: { status: 'unknown' },
  partitionKey: (first) => (first.type === 'accounts.stakeholder.registered' ? first.data.accountId : null),
  evolve(state, fact): Stakeholder {
    const known = { ...(state as KnownStakeholder), versions: fact.version };
    if (isOfRetention(fact)) return { ...known, ...retained(known, fact), contacts: contactsAfter(known.contacts, fact) };
    switch (fact.type) {
      case 'accounts.stakeholder.registered':
        return { ...fact.data, status: 'active', stances: { marketing: null, survey: null }, registeredAt: fact.occurredAt, ...NEVER_IN_TOUCH, contacts: [], movedTo: null, versions: fact.version };
      case 'accounts.stakeholder.contact-details-changed':
      case 'accounts.stakeholder.position-changed':
      case 'accounts.stakeholder.political-status-set':
      case 'accounts.stakeholder.support-declared':
      case 'accounts.stakeholder.preferred-language-set':
        return { ...known, ...fact.data };
      case 'accounts.stakeholder.buying-roles-set':
        return { ...known, buyingRoles: fact.data.roles };
      case 'accounts.stakeholder.consent-given':
      case 'accounts.stakeholder.opposition-raised':
        return { ...known, stances: { ...known.stances, [fact.data.purpose]: stanceOf(fact) } };
      case 'accounts.stakeholder.departed':
        return departedFrom(known, fact.data);
      case 'accounts.stakeholder.withdrawn':
        return { status: 'withdrawn', accountId: known.accountId, opposed: CONTACT_PURPOSES.filter((purpose) => known.stances[purpose] === 'opposed') };
      default:
        return ignored(state, fact);
    }
  },
});

const departedFrom = (known: KnownStakeholder, { movedTo }: Departure): KnownStakeholder => ({ ...known, status: 'departed', movedTo: movedTo && movedTo.stakeholderId });

/** Whether a campaign on the account may address the person: one who is there, was not erased and did not object. */
export const isAddressable = (state: Stakeholder, accountId: string): boolean =>
  state.status === 'active' && state.accountId === accountId && state.erasedAt === null && state.stances.marketing !== 'opposed';

/** What either of these events says. */
export const stanceOf = ({ type }: { type: string }): Stance => (type === 'accounts.stakeholder.consent-given' ? 'consented' : 'opposed');

/** Under which id a person who moved is registered next; null for whoever did not. */
export const movedTo = (state: Stakeholder): string | null => (state.status === 'departed' ? state.movedTo : null);

export const accountOf = (state: Stakeholder): string | null => (state.status === 'unknown' ? null : state.accountId);

export type Registration = ContactDetails & Standing & { readonly personId: string; readonly accountId: string; readonly provenance: Provenance | null };

/** What an import says beside the registration itself. */
export interface Beside {
  /** What the person said elsewhere about being written to. */
  readonly stances: Partial<Record<ContactPurpose, NonNullable<Stance>>>;
  /** How the person is called and reached by now, in the clear, because a state has ciphertext to compare with; null for a new or an erased person. */
  readonly known: ContactDetails | null;
}

const NOTHING_BESIDE: Beside = { stances: {}, known: null };

/** Said again it changes what is known better now. What is not said stays, and a withdrawn import may be said anew: an opposition outlives it. */
export function register(state: Stakeholder, facts: Registration, { stances, known }: Beside = NOTHING_BESIDE): StakeholderEvent[] {
  if (state.status !== 'unknown' && state.accountId !== facts.accountId) throw new DomainError('stakeholder-elsewhere');
  if (state.status === 'unknown' || state.status === 'withdrawn') {
    const opposed = state.status === 'withdrawn' ? state.opposed : [];
    const heard = { ...stances, ...Object.fromEntries(opposed.map((purpose) => [purpose, 'opposed' as const])) };
    return [{ type: 'accounts.stakeholder.registered', data: facts }, ...saidElsewhere(NOTHING_SAID, heard)];
  }
  const { function: job, level, buyingRoles, politicalStatus, support, language } = facts;
  return [
    ...(known ? knowBetter(state, facts, known) : []),
    ...changePosition(state, { function: job ?? state.function, level: level ?? state.level }),
    ...(buyingRoles.length > 0 ? setBuyingRoles(state, buyingRoles) : []),
    ...(politicalStatus ? setPoliticalStatus(state, politicalStatus) : []),
    ...(support ? declareSupport(state, support) : []),
    ...(language ? setPreferredLanguage(state, language) : []),
    ...saidElsewhere(state.stances, stances),
  ];
}

function knowBetter(state: Stakeholder, { name, mail, phone }: ContactDetails, known: ContactDetails): StakeholderEvent[] {
  const details = { name, mail: mail ?? known.mail, phone: phone ?? known.phone };
  const same = details.name === known.name && details.mail === known.mail && details.phone === known.phone;
  return same ? [] : changeContactDetails(state, details);
}

const NOTHING_SAID: Readonly<Record<ContactPurpose, Stance>> = { marketing: null, survey: null };

/** An opposition is heard from wherever it comes. A consent out of another system's file never takes back an opposition that the person raised here. */
function saidElsewhere(here: Readonly<Record<ContactPurpose, Stance>>, stances: Beside['stances']): StakeholderEvent[] {
  const heard = (Object.entries(stances) as [ContactPurpose, NonNullable<Stance>][]).filter(([purpose, stance]) => here[purpose] === null || (stance === 'opposed' && here[purpose] !== 'opposed'));
  return heard.map(([purpose, stance]) => said(purpose, stance));
}

const said = (purpose: ContactPurpose, stance: NonNullable<Stance>): StakeholderEvent => ({
  type: stance === 'consented' ? 'accounts.stakeholder.consent-given' : 'accounts.stakeholder.opposition-raised',
  data: { purpose },
});

/** Takes an imported person back while nobody has been in contact. That nothing names the person is checked by the handler. */
export function withdraw(state: Stakeholder, reason: string): StakeholderEvent[] {
  if (state.status === 'withdrawn') return [];
  const known = assertKnown(state);
  if (!known.provenance) throw new DomainError('withdraw-not-imported');
  if (known.lastContactAt !== null || known.status === 'departed') throw new DomainError('withdraw-built-upon');
  return [{ type: 'accounts.stakeholder.withdrawn', data: { reason }, supersedes: Array.from({ length: known.versions }, (_, i) => i + 1) }];
}

export function changeContactDetails(state: Stakeholder, details: ContactDetails): StakeholderEvent[] {
  const { personId } = assertActive(state);
  return [{ type: 'accounts.stakeholder.contact-details-changed', data: { personId, ...details } }];
}

export function changePosition(state: Stakeholder, position: ClientPosition): StakeholderEvent[] {
  const known = assertActive(state);
  const same = known.function === position.function && known.level === position.level;
  return same ? [] : [{ type: 'accounts.stakeholder.position-changed', data: position }];
}

/** The order of the roles says nothing. */
export function setBuyingRoles(state: Stakeholder, roles: readonly BuyingRole[]): StakeholderEvent[] {
  const known = assertActive(state);
  const same = known.buyingRoles.length === roles.length && roles.every((role) => known.buyingRoles.includes(role));
  return same ? [] : [{ type: 'accounts.stakeholder.buying-roles-set', data: { roles } }];
}

export function setPoliticalStatus(state: Stakeholder, politicalStatus: PoliticalStatus | null): StakeholderEvent[] {
  return assertActive(state).politicalStatus === politicalStatus ? [] : [{ type: 'accounts.stakeholder.political-status-set', data: { politicalStatus } }];
}

export function declareSupport(state: Stakeholder, support: Support | null): StakeholderEvent[] {
  return assertActive(state).support === support ? [] : [{ type: 'accounts.stakeholder.support-declared', data: { support } }];
}

export function setPreferredLanguage(state: Stakeholder, language: Language): StakeholderEvent[] {
  return assertActive(state).language === language ? [] : [{ type: 'accounts.stakeholder.preferred-language-set', data: { language } }];
}

/** Whoever has left may still say what he wants to get from us. */
export function giveConsent(state: Stakeholder, purpose: ContactPurpose): StakeholderEvent[] {
  return assertKnown(state).stances[purpose] === 'consented' ? [] : [{ type: 'accounts.stakeholder.consent-given', data: { purpose } }];
}

export function raiseOpposition(state: Stakeholder, purpose: ContactPurpose): StakeholderEvent[] {
  return assertKnown(state).stances[purpose] === 'opposed' ? [] : [{ type: 'accounts.stakeholder.opposition-raised', data: { purpose } }];
}

/** Only the last contact matters; an earlier one that a touchpoint says may turn out to be it, once a later one is taken back. */
export function receiveContact(state: Stakeholder, contact: Omit<ReceivedContact, 'version'>, now: string): StakeholderEvent[] {
  const { contacts, lastContactAt } = assertKnown(state);
  const { at, touchpointId } = contact;
  if (at > now) throw new DomainError('stakeholder-contact-in-future');
  const isNews = touchpointId === null ? lastContactAt === null || at > lastContactAt : !contacts.some((known) => known.touchpointId === touchpointId && known.at === at);
  return isNews ? [received(contact)] : [];
}

const received = ({ at, touchpointId }: Omit<ReceivedContact, 'version'>): StakeholderEvent => ({ type: 'accounts.stakeholder.contact-received', data: { touchpointId }, occurredAt: at });

/** Told by the touchpoint itself, or in former times by its instant alone. `instead`: the last contact where the person was before, which comes along. */
export function takeContactBack(state: Stakeholder, { at, touchpointId }: { at: string; touchpointId: string }, instead?: ReceivedContact): StakeholderEvent[] {
  const { contacts } = assertKnown(state);
  const taken = contacts.find((one) => one.touchpointId === touchpointId && one.at === at) ?? contacts.find((one) => one.touchpointId === null && one.at === at);
  if (!taken) return [];
  const left = contacts.filter((one) => one !== taken);
  const takenBack: StakeholderEvent = { type: 'accounts.stakeholder.contact-taken-back', data: { touchpointId, lastContactAt: left.at(-1)?.at ?? null }, supersedes: [taken.version] };
  return [takenBack, ...(instead && !left.some((one) => one.at === instead.at) ? [received(instead)] : [])];
}

export interface Departure {
  readonly reason: DepartureReason;
  readonly movedTo: { readonly accountId: string; readonly stakeholderId: string } | null;
}

/** A person belongs to one account at a time, so that two moves at once cannot both happen: the second finds the person gone. */
export function depart(state: Stakeholder, departure: Departure, { at, now }: { at: string; now: string }): StakeholderEvent[] {
  const known = assertKnown(state);
  if (at > now) throw new DomainError('stakeholder-departure-in-future');
  if (departure.movedTo?.accountId === known.accountId) throw new DomainError('stakeholder-already-there');
  if (departure.movedTo && known.erasedAt !== null) throw new DomainError('person-erased');
  if (known.status === 'departed') {
    if (departure.movedTo) throw new DomainError('stakeholder-departed');
    return [];
  }
  return [{ type: 'accounts.stakeholder.departed', data: departure, occurredAt: at < known.registeredAt ? known.registeredAt : at }];
}

/**
 * `before`: the first of the month that is so many months ago. Where the person never got in touch, the registration counts. Whoever moved is judged where he is now.
 * The contact that comes after all takes the proposal back; a proposal that was dismissed is made again once the months have gone by anew.
 */
export function proposeErasure(state: Stakeholder, { before, months, dateOf }: { before: string; months: number; dateOf: (instant: string) => string }): StakeholderEvent[] {
  const known = assertKnown(state);
  if (known.erasedAt !== null || known.erasureProposed || known.movedTo !== null) return [];
  if ((known.lastContactAt ?? known.registeredAt) >= before || (known.kept?.at ?? '') >= before) return [];
  return [{ type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: known.lastContactAt && dateOf(known.lastContactAt), months } }];
}

/** Nothing where nothing is proposed: a contact may have come first. */
export const dismissErasureProposal = (state: Stakeholder, reason: string): StakeholderEvent[] =>
  assertKnown(state).erasureProposed ? [{ type: 'accounts.stakeholder.erasure-proposal-dismissed', data: { reason } }] : [];

/** The key of the person was destroyed. Persons whom no client has are none of ours. */
export const noteErasure = (state: Stakeholder): StakeholderEvent[] =>
  !isKnown(state) || state.erasedAt !== null ? [] : [{ type: 'accounts.stakeholder.erased', data: { movedTo: state.movedTo } }];

/** The same person on the next account; what was said about being contacted goes along. */
export function takeOver(state: Stakeholder, former: KnownStakeholder, facts: Registration): StakeholderEvent[] {
  if (state.status !== 'unknown') return [];
  const stances = Object.entries(former.stances) as [ContactPurpose, Stance][];
  return [
    { type: 'accounts.stakeholder.registered', data: facts },
    ...stances.flatMap(([purpose, stance]): StakeholderEvent[] => (stance === null ? [] : [said(purpose, stance)])),
    ...former.contacts.slice(-1).map(received),
  ];
}

export const isKnown = (state: Stakeholder): state is KnownStakeholder => state.status !== 'unknown' && state.status !== 'withdrawn';

export function assertKnown(state: Stakeholder): KnownStakeholder {
  if (!isKnown(state)) throw new DomainError('stakeholder-unknown');
  return state;
}

export function assertActive(state: Stakeholder): KnownStakeholder {
  const known = assertKnown(state);
  if (known.status === 'departed') throw new DomainError('stakeholder-departed');
  return known;
}
