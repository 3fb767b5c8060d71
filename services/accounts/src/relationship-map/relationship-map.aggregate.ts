import {
  type InfluenceStrength,
  type MutualStep,
  type Pair,
  type RelationshipLevel,
  type RelationshipMapEvent,
  relationshipMapContract,
  type Sentiment,
} from '@keyfold/contracts';
import { decider, ignored } from '@keyfold/event-sourcing';

export interface Assessment {
  readonly current: RelationshipLevel;
  readonly desired: RelationshipLevel;
}

/** Everything between our people and those of one account. Plain JSON: kept as snapshots. */
export interface RelationshipMap {
  /** By person; `claim` orders the lines of one person. */
  readonly lines: Readonly<Record<string, { readonly managerId: string | null; readonly claim: number }>>;
  /** By `<from>/<to>`. */
  readonly influences: Readonly<Record<string, InfluenceStrength>>;
  /** By `<member>/<stakeholder>`, as are sentiments and sponsors. */
  readonly assessments: Readonly<Record<string, Assessment>>;
  readonly sentiments: Readonly<Record<string, Sentiment>>;
  readonly sponsors: readonly string[];
  readonly champions: readonly string[];
  readonly mutualPlans: Readonly<Record<string, readonly MutualStep[]>>;
  /** Who departed: nothing begins with them any more. */
  readonly ended: readonly string[];
}

export const pairKey = ({ memberId, stakeholderId }: Pair): string => `${memberId}/${stakeholderId}`;
export const edgeKey = (fromId: string, toId: string): string => `${fromId}/${toId}`;

/** Whether the map says something about a person. */
export function isOnMap({ lines, influences, assessments, sentiments, sponsors, champions }: RelationshipMap, stakeholderId: string): boolean {
  const pairs = [...Object.keys(influences), ...Object.keys(assessments), ...Object.keys(sentiments), ...sponsors];
  const told = Object.entries(lines).flatMap(([id, { managerId }]) => (managerId === null ? [] : [id, managerId]));
  return [...told, ...champions, ...pairs.flatMap((pair) => pair.split('/'))].includes(stakeholderId);
}

export const relationshipMap = decider<RelationshipMap, RelationshipMapEvent>({
  contract: relationshipMapContract,
  initial: { lines: {}, influences: {}, assessments: {}, sentiments: {}, sponsors: [], champions: [], mutualPlans: {}, ended: [] },
  snapshotVersion: 1,
  evolve(map, fact): RelationshipMap {
    switch (fact.type) {
      case 'accounts.relationship-map.reporting-line-set': {
        const { stakeholderId, managerId, claim } = fact.data;
        return { ...map, lines: { ...map.lines, [stakeholderId]: { managerId, claim } } };
      }
      case 'accounts.relationship-map.influence-linked':
        return { ...map, influences: { ...map.influences, [edgeKey(fact.data.fromId, fact.data.toId)]: fact.data.strength } };
      case 'accounts.relationship-map.influence-unlinked':
        return { ...map, influences: without(map.influences, (key) => key === edgeKey(fact.data.fromId, fact.data.toId)) };
      case 'accounts.relationship-map.relationship-assessed':
        return { ...map, assessments: { ...map.assessments, [pairKey(fact.data)]: { current: fact.data.current, desired: fact.data.desired } } };
      case 'accounts.relationship-map.sentiment-recorded':
        return { ...map, sentiments: { ...map.sentiments, [pairKey(fact.data)]: fact.data.sentiment } };
      case 'accounts.relationship-map.sponsor-paired':
        return { ...map, sponsors: [...map.sponsors, pairKey(fact.data)] };
      case 'accounts.relationship-map.sponsor-unpaired':
        return { ...map, sponsors: map.sponsors.filter((key) => key !== pairKey(fact.data)) };
      case 'accounts.relationship-map.champion-identified':
        return { ...map, champions: [...map.champions, fact.data.stakeholderId] };
      case 'accounts.relationship-map.champion-lost':
        return { ...map, champions: map.champions.filter((id) => id !== fact.data.stakeholderId), mutualPlans: without(map.mutualPlans, (id) => id === fact.data.stakeholderId) };
      case 'accounts.relationship-map.mutual-plan-agreed':
        return { ...map, mutualPlans: { ...map.mutualPlans, [fact.data.stakeholderId]: fact.data.steps } };
      case 'accounts.relationship-map.recognition-given':
        return map;
      case 'accounts.relationship-map.relationships-ended':
        return withEnded(map, fact.data.stakeholderId);
      default:
        return ignored(map, fact);
    }
  },
});

/** Without whatever there was with this person. */
function withEnded(map: RelationshipMap, stakeholderId: string): RelationshipMap {
  const ofPerson = (key: string): boolean => key.split('/').includes(stakeholderId);
  const lines = Object.fromEntries(Object.entries(map.lines).filter(([id, { managerId }]) => id !== stakeholderId && managerId !== stakeholderId));
  return {
    lines,
    influences: without(map.influences, ofPerson),
    assessments: without(map.assessments, ofPerson),
    sentiments: without(map.sentiments, ofPerson),
    sponsors: map.sponsors.filter((key) => !ofPerson(key)),
    champions: map.champions.filter((id) => id !== stakeholderId),
    mutualPlans: without(map.mutualPlans, (id) => id === stakeholderId),
    ended: [...map.ended, stakeholderId],
  };
}

const without = <Value>(values: Readonly<Record<string, Value>>, gone: (key: string) => boolean): Record<string, Value> => Object.fromEntries(Object.entries(values).filter(([key]) => !gone(key)));
