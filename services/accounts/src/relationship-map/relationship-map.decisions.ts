import type { ChampionLoss, InfluenceStrength, MutualStep, Pair, Recognition, RelationshipMapEvent, Sentiment } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { type Assessment, edgeKey, pairKey, type RelationshipMap } from './relationship-map.aggregate.js';

/** Of each kind of line and pair. */
export const MAP_LIMIT = 2_000;

/** Of two lines of one person the later claim counts, in whichever order they come (see reporting-lines.aggregate.ts). */
export function setReportingLine(map: RelationshipMap, line: { stakeholderId: string; managerId: string | null; claim: number }): RelationshipMapEvent[] {
  assertNotEnded(map, line.stakeholderId);
  const known = map.lines[line.stakeholderId];
  return known && known.claim >= line.claim ? [] : [{ type: 'accounts.relationship-map.reporting-line-set', data: line }];
}

export const managerOf = (map: RelationshipMap, stakeholderId: string): string | null => map.lines[stakeholderId]?.managerId ?? null;

export function linkInfluence(map: RelationshipMap, edge: { fromId: string; toId: string; strength: InfluenceStrength }): RelationshipMapEvent[] {
  if (edge.fromId === edge.toId) throw new DomainError('influence-self');
  assertNotEnded(map, edge.fromId);
  assertNotEnded(map, edge.toId);
  const known = map.influences[edgeKey(edge.fromId, edge.toId)];
  if (known === edge.strength) return [];
  if (known === undefined) assertRoom(map.influences);
  return [{ type: 'accounts.relationship-map.influence-linked', data: edge }];
}

export function unlinkInfluence(map: RelationshipMap, { fromId, toId }: { fromId: string; toId: string }): RelationshipMapEvent[] {
  return map.influences[edgeKey(fromId, toId)] === undefined ? [] : [{ type: 'accounts.relationship-map.influence-unlinked', data: { fromId, toId } }];
}

export function assess(map: RelationshipMap, pair: Pair, { current, desired }: Assessment): RelationshipMapEvent[] {
  assertNotEnded(map, pair.stakeholderId);
  const known = map.assessments[pairKey(pair)];
  if (known?.current === current && known.desired === desired) return [];
  if (!known) assertRoom(map.assessments);
  return [{ type: 'accounts.relationship-map.relationship-assessed', data: { ...pair, current, desired } }];
}

export function recordSentiment(map: RelationshipMap, pair: Pair, sentiment: Sentiment): RelationshipMapEvent[] {
  assertNotEnded(map, pair.stakeholderId);
  const known = map.sentiments[pairKey(pair)];
  if (known === sentiment) return [];
  if (known === undefined) assertRoom(map.sentiments);
  return [{ type: 'accounts.relationship-map.sentiment-recorded', data: { ...pair, sentiment } }];
}

/** That both are executives is asked of their own streams before. */
export function pairSponsor(map: RelationshipMap, pair: Pair): RelationshipMapEvent[] {
  assertNotEnded(map, pair.stakeholderId);
  return map.sponsors.includes(pairKey(pair)) ? [] : [{ type: 'accounts.relationship-map.sponsor-paired', data: pair }];
}

export function unpairSponsor(map: RelationshipMap, pair: Pair, reason: string): RelationshipMapEvent[] {
  return map.sponsors.includes(pairKey(pair)) ? [{ type: 'accounts.relationship-map.sponsor-unpaired', data: { ...pair, reason } }] : [];
}

export function identifyChampion(map: RelationshipMap, stakeholderId: string): RelationshipMapEvent[] {
  assertNotEnded(map, stakeholderId);
  return map.champions.includes(stakeholderId) ? [] : [{ type: 'accounts.relationship-map.champion-identified', data: { stakeholderId } }];
}

export function loseChampion(map: RelationshipMap, stakeholderId: string, loss: ChampionLoss): RelationshipMapEvent[] {
  return map.champions.includes(stakeholderId) ? [{ type: 'accounts.relationship-map.champion-lost', data: { stakeholderId, loss } }] : [];
}

export function agreeMutualPlan(map: RelationshipMap, stakeholderId: string, steps: readonly MutualStep[]): RelationshipMapEvent[] {
  if (!map.champions.includes(stakeholderId)) throw new DomainError('champion-not-identified');
  const known = map.mutualPlans[stakeholderId] ?? [];
  const same = known.length === steps.length && known.every(({ title, by, dueOn }, i) => title === steps[i]!.title && by === steps[i]!.by && dueOn === steps[i]!.dueOn);
  return same ? [] : [{ type: 'accounts.relationship-map.mutual-plan-agreed', data: { stakeholderId, steps } }];
}

export const giveRecognition = (facts: { memberId: string; recognition: Recognition; reason: string }): RelationshipMapEvent[] => [{ type: 'accounts.relationship-map.recognition-given', data: facts }];

/** The person departed. A champion who departs is a champion lost. */
export function endRelationships(map: RelationshipMap, stakeholderId: string): RelationshipMapEvent[] {
  if (map.ended.includes(stakeholderId)) return [];
  return [...loseChampion(map, stakeholderId, 'departed'), { type: 'accounts.relationship-map.relationships-ended', data: { stakeholderId } }];
}

/** Also where a departure and a new line or pair meet: whichever comes second on this stream sees the first. */
function assertNotEnded(map: RelationshipMap, stakeholderId: string): void {
  if (map.ended.includes(stakeholderId)) throw new DomainError('stakeholder-departed');
}

function assertRoom(values: object): void {
  if (Object.keys(values).length >= MAP_LIMIT) throw new DomainError('relationship-map-full', { limit: MAP_LIMIT });
}
