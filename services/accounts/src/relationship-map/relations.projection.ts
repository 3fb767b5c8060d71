import {
  type BuyingRole,
  type ChampionLoss,
  type ClientPosition,
  type EngagementPlanEvent,
  engagementPlanContract,
  type InfluenceStrength,
  type KeyAccountEvent,
  keyAccountContract,
  type Language,
  type MutualStep,
  type Pair,
  type PoliticalStatus,
  type Recognition,
  type RelationshipLevel,
  type RelationshipMapEvent,
  relationshipMapContract,
  type Sentiment,
  type StakeholderEvent,
  stakeholderContract,
  type Support,
} from '@keyfold/contracts';
import { idOf, ignored, projection } from '@keyfold/event-sourcing';
import { isOfRetention } from '../stakeholder/stakeholder.retention.aggregate.js';
import { edgeKey, pairKey } from './relationship-map.aggregate.js';
import type { Touch } from './strength.js';

export interface PersonOnMap extends ClientPosition {
  /** Ciphertext. */
  readonly name: string;
  readonly buyingRoles: readonly BuyingRole[];
  readonly politicalStatus: PoliticalStatus | null;
  readonly support: Support | null;
  readonly language: Language | null;
  readonly registeredAt: string;
  readonly departedAt: string | null;
}

interface AssessedPair extends Pair {
  /** The last so many, the oldest first. */
  readonly levels: readonly { readonly at: string; readonly current: RelationshipLevel; readonly desired: RelationshipLevel }[];
  readonly sentiments: readonly { readonly at: string; readonly sentiment: Sentiment }[];
}

export interface ChampionOnMap {
  readonly stakeholderId: string;
  readonly since: string;
  readonly lost: { readonly at: string; readonly loss: ChampionLoss } | null;
  readonly mutualPlan: { readonly agreedAt: string; readonly steps: readonly MutualStep[] } | null;
}

/**
 * All relations to one account: its people, the map, and the contacts. Three streams write one row, each into fields of its own, so that their order among each other does not matter.
 * The figures that are asked for depend on the day, so they are computed where they are asked for.
 */
export interface RelationsRow {
  /** The account. */
  readonly id: string;
  readonly people: Readonly<Record<string, PersonOnMap>>;
  readonly lines: Readonly<Record<string, string>>;
  readonly influences: Readonly<Record<string, { readonly fromId: string; readonly toId: string; readonly strength: InfluenceStrength }>>;
  readonly pairs: Readonly<Record<string, AssessedPair>>;
  readonly sponsors: readonly (Pair & { readonly since: string })[];
  readonly champions: readonly ChampionOnMap[];
  readonly recognitions: readonly { readonly at: string; readonly memberId: string; readonly recognition: Recognition; readonly reason: string }[];
  /** Of each person the latest ones, the latest first. */
  readonly touches: Readonly<Record<string, readonly (Touch & { readonly touchpointId: string })[]>>;
}

const NEW: Omit<RelationsRow, 'id'> = { people: {}, lines: {}, influences: {}, pairs: {}, sponsors: [], champions: [], recognitions: [], touches: {} };

/** Of an account of which nothing was said yet. */
export const noRelations = (id: string): RelationsRow => ({ id, ...NEW });

/** What is kept of each history, and of the contacts with each person: more than a cadence asks for in 90 days, many times over. */
const KEPT = 50;
const TOUCHES_KEPT = 100;

type Event = StakeholderEvent | RelationshipMapEvent | EngagementPlanEvent | KeyAccountEvent;

/** A client is there from then on, also without anybody whom we know: that is what an alert is for. */
const BEGINNINGS: readonly string[] = ['accounts.key-account.client-registered', 'accounts.key-account.activated'];
const WITHDRAWN = 'accounts.key-account.withdrawn';

export const relations = projection<RelationsRow, Event>({
  name: 'relations',
  version: 3,
  follows: [keyAccountContract, stakeholderContract, relationshipMapContract, engagementPlanContract],
  rowsOf: (event) => (isOfAccount(event) && !BEGINNINGS.includes(event.type) && event.type !== WITHDRAWN ? [] : [event.partitionKey]),
  fold(row, event, id): RelationsRow | null {
    if (event.type === WITHDRAWN) return row && Object.keys(row.people).length > 0 ? row : null;
    const known = row ?? noRelations(id);
    const told: Event & At = event;
    if (isOfAccount(told)) return known;
    if (isOfMap(told)) return foldMap(known, told);
    return isOfPerson(told) ? foldPerson(known, told, idOf(stakeholderContract, event.streamId)) : foldTouch(known, told);
  },
});

type At = { readonly occurredAt: string };

const isOfAccount = (event: Event): event is KeyAccountEvent & At => Object.hasOwn(keyAccountContract.events, event.type);
const isOfMap = (event: Event & At): event is RelationshipMapEvent & At => Object.hasOwn(relationshipMapContract.events, event.type);
const isOfPerson = (event: Event & At): event is StakeholderEvent & At => Object.hasOwn(stakeholderContract.events, event.type);

/** People may be touched before anything else is heard of them: the streams arrive as they like. */
function foldTouch(row: RelationsRow, event: EngagementPlanEvent & At): RelationsRow {
  if (event.type === 'accounts.engagement-plan.touchpoint-withdrawn') return { ...row, touches: untouched(row.touches, event.data.touchpointId) };
  if (event.type !== 'accounts.engagement-plan.touchpoint-logged') return row;
  const { touchpointId, kind: depth, direction, memberIds, stakeholderIds } = event.data;
  const touch = { touchpointId, at: event.occurredAt, direction, depth, memberIds };
  const touched = stakeholderIds.map((id) => [id, [...(row.touches[id] ?? []), touch].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, TOUCHES_KEPT)]);
  return { ...row, touches: { ...row.touches, ...(Object.fromEntries(touched) as RelationsRow['touches']) } };
}

const untouched = (touches: RelationsRow['touches'], touchpointId: string): RelationsRow['touches'] =>
  Object.fromEntries(Object.entries(touches).map(([id, some]) => [id, some.some((touch) => touch.touchpointId === touchpointId) ? some.filter((touch) => touch.touchpointId !== touchpointId) : some]));

function foldPerson(row: RelationsRow, event: StakeholderEvent & At, id: string): RelationsRow {
  const changed = (facts: Partial<PersonOnMap>): RelationsRow => ({ ...row, people: { ...row.people, [id]: { ...row.people[id]!, ...facts } } });
  if (isOfRetention(event)) return row;
  switch (event.type) {
    case 'accounts.stakeholder.registered': {
      const { name, function: job, level, buyingRoles, politicalStatus, support, language } = event.data;
      return changed({ name, function: job, level, buyingRoles, politicalStatus, support, language, registeredAt: event.occurredAt, departedAt: null });
    }
    case 'accounts.stakeholder.contact-details-changed':
      return changed({ name: event.data.name });
    case 'accounts.stakeholder.position-changed':
    case 'accounts.stakeholder.political-status-set':
    case 'accounts.stakeholder.support-declared':
    case 'accounts.stakeholder.preferred-language-set':
      return changed(event.data);
    case 'accounts.stakeholder.buying-roles-set':
      return changed({ buyingRoles: event.data.roles });
    case 'accounts.stakeholder.departed':
      return changed({ departedAt: event.occurredAt });
    case 'accounts.stakeholder.withdrawn': {
      const { [id]: _gone, ...people } = row.people;
      return { ...row, people };
    }
    case 'accounts.stakeholder.consent-given':
    case 'accounts.stakeholder.opposition-raised':
      return row;
    default:
      return ignored(row, event);
  }
}

function foldMap(row: RelationsRow, event: RelationshipMapEvent & At): RelationsRow {
  const at = event.occurredAt;
  switch (event.type) {
    case 'accounts.relationship-map.reporting-line-set': {
      const { stakeholderId, managerId } = event.data;
      const { [stakeholderId]: _before, ...others } = row.lines;
      return { ...row, lines: managerId === null ? others : { ...others, [stakeholderId]: managerId } };
    }
    case 'accounts.relationship-map.influence-linked':
      return { ...row, influences: { ...row.influences, [edgeKey(event.data.fromId, event.data.toId)]: event.data } };
    case 'accounts.relationship-map.influence-unlinked':
      return { ...row, influences: without(row.influences, ({ fromId, toId }) => fromId === event.data.fromId && toId === event.data.toId) };
    case 'accounts.relationship-map.relationship-assessed':
    case 'accounts.relationship-map.sentiment-recorded':
      return { ...row, pairs: { ...row.pairs, [pairKey(event.data)]: assessed(row, event) } };
    case 'accounts.relationship-map.sponsor-paired':
      return { ...row, sponsors: [...row.sponsors, { ...event.data, since: at }] };
    case 'accounts.relationship-map.sponsor-unpaired':
      return { ...row, sponsors: row.sponsors.filter((pair) => pairKey(pair) !== pairKey(event.data)) };
    case 'accounts.relationship-map.recognition-given':
      return { ...row, recognitions: [...row.recognitions, { at, ...event.data }].slice(-KEPT) };
    case 'accounts.relationship-map.champion-identified':
    case 'accounts.relationship-map.champion-lost':
    case 'accounts.relationship-map.mutual-plan-agreed':
      return { ...row, champions: champions(row.champions, event) };
    case 'accounts.relationship-map.relationships-ended':
      return ended(row, event.data.stakeholderId);
    default:
      return ignored(row, event);
  }
}

type OfPair = Extract<RelationshipMapEvent, { type: 'accounts.relationship-map.relationship-assessed' | 'accounts.relationship-map.sentiment-recorded' }>;

function assessed(row: RelationsRow, { type, data, occurredAt: at }: OfPair & At): AssessedPair {
  const { memberId, stakeholderId } = data;
  const pair = row.pairs[pairKey(data)] ?? { memberId, stakeholderId, levels: [], sentiments: [] };
  return type === 'accounts.relationship-map.relationship-assessed'
    ? { ...pair, levels: [...pair.levels, { at, current: data.current, desired: data.desired }].slice(-KEPT) }
    : { ...pair, sentiments: [...pair.sentiments, { at, sentiment: data.sentiment }].slice(-KEPT) };
}

type OfChampion = Extract<RelationshipMapEvent, { type: 'accounts.relationship-map.champion-identified' | 'accounts.relationship-map.champion-lost' | 'accounts.relationship-map.mutual-plan-agreed' }>;

function champions(known: readonly ChampionOnMap[], event: OfChampion & At): readonly ChampionOnMap[] {
  const at = event.occurredAt;
  const { stakeholderId } = event.data;
  if (event.type === 'accounts.relationship-map.champion-identified') return [...known, { stakeholderId, since: at, lost: null, mutualPlan: null }].slice(-KEPT);
  const change = event.type === 'accounts.relationship-map.champion-lost' ? { lost: { at, loss: event.data.loss } } : { mutualPlan: { agreedAt: at, steps: event.data.steps } };
  return known.map((champion) => (champion.stakeholderId === stakeholderId && champion.lost === null ? { ...champion, ...change } : champion));
}

/** Champions who were lost stay on the board; everything else of the person goes. */
function ended(row: RelationsRow, stakeholderId: string): RelationsRow {
  return {
    ...row,
    lines: Object.fromEntries(Object.entries(row.lines).filter((line) => !line.includes(stakeholderId))),
    influences: without(row.influences, ({ fromId, toId }) => fromId === stakeholderId || toId === stakeholderId),
    pairs: without(row.pairs, (pair) => pair.stakeholderId === stakeholderId),
    sponsors: row.sponsors.filter((pair) => pair.stakeholderId !== stakeholderId),
  };
}

const without = <Value>(values: Readonly<Record<string, Value>>, gone: (value: Value) => boolean): Record<string, Value> => Object.fromEntries(Object.entries(values).filter(([, value]) => !gone(value)));
