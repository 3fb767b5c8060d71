import { describe, expect, it } from '@jest/globals';
import type { RelationshipMapEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { type RelationshipMap, relationshipMap } from './relationship-map.aggregate.js';
import {
  agreeMutualPlan,
  assess,
  endRelationships,
  giveRecognition,
  identifyChampion,
  linkInfluence,
  loseChampion,
  MAP_LIMIT,
  managerOf,
  pairSponsor,
  recordSentiment,
  setReportingLine,
  unlinkInfluence,
  unpairSponsor,
} from './relationship-map.decisions.js';

const pair = { memberId: 'karim', stakeholderId: 'claire' };
const vendor = { current: 'vendor', desired: 'problem-solver' } as const;
const steps = [{ title: 'Present to the board', by: 'client', dueOn: '2026-04-15' }] as const;

const assessed: RelationshipMapEvent = { type: 'accounts.relationship-map.relationship-assessed', data: { ...pair, ...vendor } };
const felt: RelationshipMapEvent = { type: 'accounts.relationship-map.sentiment-recorded', data: { ...pair, sentiment: 'positive' } };
const paired: RelationshipMapEvent = { type: 'accounts.relationship-map.sponsor-paired', data: pair };
const unpaired: RelationshipMapEvent = { type: 'accounts.relationship-map.sponsor-unpaired', data: { ...pair, reason: 'moved' } };
const champion: RelationshipMapEvent = { type: 'accounts.relationship-map.champion-identified', data: { stakeholderId: 'claire' } };
const lost: RelationshipMapEvent = { type: 'accounts.relationship-map.champion-lost', data: { stakeholderId: 'claire', loss: 'gone-silent' } };
const agreed: RelationshipMapEvent = { type: 'accounts.relationship-map.mutual-plan-agreed', data: { stakeholderId: 'claire', steps } };
const ended: RelationshipMapEvent = { type: 'accounts.relationship-map.relationships-ended', data: { stakeholderId: 'claire' } };
const line = (managerId: string | null, claim: number): RelationshipMapEvent => ({ type: 'accounts.relationship-map.reporting-line-set', data: { stakeholderId: 'claire', managerId, claim } });
const linked = (fromId: string, toId: string, strength: 'weak' | 'strong' = 'strong'): RelationshipMapEvent => ({ type: 'accounts.relationship-map.influence-linked', data: { fromId, toId, strength } });

describe('a reporting line on the map', () => {
  it('is set as claimed', () => given(relationshipMap).when((map) => setReportingLine(map, { stakeholderId: 'claire', managerId: 'bob', claim: 1 })).then(line('bob', 1)));
  it('is set once', () => given(relationshipMap, line('bob', 1)).when((map) => setReportingLine(map, { stakeholderId: 'claire', managerId: 'bob', claim: 1 })).thenNothing());
  it('is not set back by an earlier claim that comes later', () => given(relationshipMap, line('cem', 2)).when((map) => setReportingLine(map, { stakeholderId: 'claire', managerId: 'bob', claim: 1 })).thenNothing());
  it('is known by who reports', () => expect(managerOf(relationshipMap.evolve(relationshipMap.initial, { ...line('bob', 1), version: 1 } as never), 'claire')).toBe('bob'));
});

describe('a line of influence', () => {
  const link = (fromId: string, toId: string, strength: 'weak' | 'strong' = 'strong') => (map: RelationshipMap) => linkInfluence(map, { fromId, toId, strength });
  it('is drawn', () => given(relationshipMap).when(link('claire', 'bob')).then(linked('claire', 'bob')));
  it('is drawn once', () => given(relationshipMap, linked('claire', 'bob')).when(link('claire', 'bob')).thenNothing());
  it('may make a circle', () => given(relationshipMap, linked('claire', 'bob')).when(link('bob', 'claire')).then(linked('bob', 'claire')));
  it('gets weaker', () => given(relationshipMap, linked('claire', 'bob')).when(link('claire', 'bob', 'weak')).then(linked('claire', 'bob', 'weak')));
  it('does not lead to oneself', () => given(relationshipMap).when(link('claire', 'claire')).thenRefused('influence-self'));
  it('is taken away, once', () => {
    const unlinked: RelationshipMapEvent = { type: 'accounts.relationship-map.influence-unlinked', data: { fromId: 'claire', toId: 'bob' } };
    given(relationshipMap, linked('claire', 'bob')).when((map) => unlinkInfluence(map, unlinked.data)).then(unlinked);
    given(relationshipMap, linked('claire', 'bob'), unlinked).when((map) => unlinkInfluence(map, unlinked.data)).thenNothing();
  });
  it('finds no room on a full map, but may change on it', () => {
    const full = Array.from({ length: MAP_LIMIT }, (_, i) => linked('claire', `p${i}`));
    given(relationshipMap, ...full).when(link('claire', 'bob')).thenRefused('relationship-map-full', { limit: MAP_LIMIT });
    given(relationshipMap, ...full).when(link('claire', 'p1', 'weak')).then(linked('claire', 'p1', 'weak'));
  });
});

describe('a relationship', () => {
  it('is assessed', () => given(relationshipMap).when((map) => assess(map, pair, vendor)).then(assessed));
  it('is assessed once', () => given(relationshipMap, assessed).when((map) => assess(map, pair, vendor)).thenNothing());
  it('is assessed anew', () => given(relationshipMap, assessed).when((map) => assess(map, pair, { ...vendor, current: 'credible-source' })).then({ ...assessed, data: { ...pair, ...vendor, current: 'credible-source' } }));
  it('has a sentiment, recorded once', () => {
    given(relationshipMap).when((map) => recordSentiment(map, pair, 'positive')).then(felt);
    given(relationshipMap, felt).when((map) => recordSentiment(map, pair, 'positive')).thenNothing();
  });
});

describe('sponsors', () => {
  it('are paired once', () => {
    given(relationshipMap).when((map) => pairSponsor(map, pair)).then(paired);
    given(relationshipMap, paired).when((map) => pairSponsor(map, pair)).thenNothing();
  });
  it('are unpaired once, with a reason', () => {
    given(relationshipMap, paired).when((map) => unpairSponsor(map, pair, 'moved')).then(unpaired);
    given(relationshipMap, paired, unpaired).when((map) => unpairSponsor(map, pair, 'moved')).thenNothing();
  });
});

describe('a champion', () => {
  it('is identified once', () => {
    given(relationshipMap).when((map) => identifyChampion(map, 'claire')).then(champion);
    given(relationshipMap, champion).when((map) => identifyChampion(map, 'claire')).thenNothing();
  });
  it('is lost once', () => {
    given(relationshipMap, champion).when((map) => loseChampion(map, 'claire', 'gone-silent')).then(lost);
    given(relationshipMap, champion, lost).when((map) => loseChampion(map, 'claire', 'gone-silent')).thenNothing();
  });
  it('agrees a mutual plan with us, once', () => {
    given(relationshipMap, champion).when((map) => agreeMutualPlan(map, 'claire', steps)).then(agreed);
    given(relationshipMap, champion, agreed).when((map) => agreeMutualPlan(map, 'claire', steps)).thenNothing();
  });
  it('agrees another plan', () => {
    const later = [{ ...steps[0], dueOn: '2026-05-15' }];
    given(relationshipMap, champion, agreed).when((map) => agreeMutualPlan(map, 'claire', later)).then({ type: 'accounts.relationship-map.mutual-plan-agreed', data: { stakeholderId: 'claire', steps: later } });
  });
  it('is who agrees a plan, and nobody else', () => {
    given(relationshipMap).when((map) => agreeMutualPlan(map, 'claire', steps)).thenRefused('champion-not-identified');
    given(relationshipMap, champion, lost).when((map) => agreeMutualPlan(map, 'claire', steps)).thenRefused('champion-not-identified');
  });
});

it('recognition is given to one of ours', () =>
  given(relationshipMap)
    .when(() => giveRecognition({ memberId: 'karim', recognition: 'client-praise', reason: 'Saved the launch' }))
    .then({ type: 'accounts.relationship-map.recognition-given', data: { memberId: 'karim', recognition: 'client-praise', reason: 'Saved the launch' } }));

describe('a departure', () => {
  it('ends what there was', () => given(relationshipMap, assessed).when((map) => endRelationships(map, 'claire')).then(ended));
  it('of a champion is a champion lost', () =>
    given(relationshipMap, champion).when((map) => endRelationships(map, 'claire')).then(...[{ ...lost, data: { stakeholderId: 'claire', loss: 'departed' } } as RelationshipMapEvent, ended]));
  it('is taken note of once', () => given(relationshipMap, ended).when((map) => endRelationships(map, 'claire')).thenNothing());
  it('leaves nothing of the person on the map', () =>
    given(relationshipMap, line('bob', 1), linked('bob', 'claire'), assessed, felt, paired, champion, agreed, ended).thenState({ ...relationshipMap.initial, ended: ['claire'] }));
  it('frees those who reported to the person', () =>
    given(relationshipMap, { type: 'accounts.relationship-map.reporting-line-set', data: { stakeholderId: 'bob', managerId: 'claire', claim: 1 } }, ended).thenState({ ...relationshipMap.initial, ended: ['claire'] }));
  it.each([
    ['line', (map: RelationshipMap) => setReportingLine(map, { stakeholderId: 'claire', managerId: 'bob', claim: 9 })],
    ['influence', (map: RelationshipMap) => linkInfluence(map, { fromId: 'bob', toId: 'claire', strength: 'weak' })],
    ['assessment', (map: RelationshipMap) => assess(map, pair, vendor)],
    ['sentiment', (map: RelationshipMap) => recordSentiment(map, pair, 'neutral')],
    ['sponsor', (map: RelationshipMap) => pairSponsor(map, pair)],
    ['champion', (map: RelationshipMap) => identifyChampion(map, 'claire')],
  ])('lets no new %s begin that a command decided on before it', (_what, decide) => given(relationshipMap, ended).when(decide).thenRefused('stakeholder-departed'));
});
