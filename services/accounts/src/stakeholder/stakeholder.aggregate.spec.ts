import { describe, expect, it } from '@jest/globals';
import type { StakeholderEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import {
  changeContactDetails,
  changePosition,
  declareSupport,
  depart,
  dismissErasureProposal,
  giveConsent,
  noteErasure,
  type KnownStakeholder,
  proposeErasure,
  raiseOpposition,
  receiveContact,
  register,
  setBuyingRoles,
  setPoliticalStatus,
  setPreferredLanguage,
  type Stakeholder,
  stakeholder,
  takeContactBack,
  takeOver,
  withdraw,
} from './stakeholder.aggregate.js';
import { NEVER_IN_TOUCH } from './stakeholder.retention.aggregate.js';
import { claire, consentGiven, contactReceived, departed, oppositionRaised, registered } from './stakeholder.facts.js';

const details = { name: 'Claire Dupuis', mail: null, phone: '+33 1 23 45 67 89' };
const left = { reason: 'left-company', movedTo: null } as const;
const moved = { reason: 'moved-to-another-account', movedTo: { accountId: 'globex', stakeholderId: 'claire-2' } } as const;
const february = { at: '2026-02-01T00:00:00.000Z', now: '2026-03-01T00:00:00.000Z' };

describe('a person at the client', () => {
  it('is registered on an account', () => given(stakeholder).when((state) => register(state, claire)).then({ type: 'accounts.stakeholder.registered', data: claire }));
  it('belongs to the account on the topic', () => expect(stakeholder.partitionKey!(registered)).toBe('acme'));
  it('said again is left alone', () => given(stakeholder, registered).when((state) => register(state, claire)).thenNothing());
  it('said again with what was not known is known better', () =>
    given(stakeholder, registered)
      .when((state) => register(state, { ...claire, level: null, support: 'mentor', language: 'fr' }))
      .then({ type: 'accounts.stakeholder.support-declared', data: { support: 'mentor' } }, { type: 'accounts.stakeholder.preferred-language-set', data: { language: 'fr' } }));
  it('belongs to one account', () => given(stakeholder, registered).when((state) => register(state, { ...claire, accountId: 'globex' })).thenRefused('stakeholder-elsewhere'));
  it('said again is called and reached as it is said now; what is not said stays', () => {
    const before = { name: 'Claire Morel', mail: 'claire@acme.test', phone: '+33 1 00 00 00 00' };
    given(stakeholder, registered)
      .when((state) => register(state, { ...claire, name: 'Claire Dupuis', mail: null }, { stances: {}, known: before }))
      .then({ type: 'accounts.stakeholder.contact-details-changed', data: { personId: 'claire', ...before, name: 'Claire Dupuis' } });
    given(stakeholder, registered).when((state) => register(state, claire, { stances: {}, known: before })).thenNothing();
  });
  it('brings along what was said elsewhere about being written to', () =>
    given(stakeholder)
      .when((state) => register(state, claire, { stances: { marketing: 'consented', survey: 'opposed' }, known: null }))
      .then({ type: 'accounts.stakeholder.registered', data: claire }, ...([consentGiven, { ...oppositionRaised, data: { purpose: 'survey' } }] as StakeholderEvent[])));
  it('stays opposed, whatever consent another system still knows of', () =>
    given(stakeholder, registered, oppositionRaised).when((state) => register(state, claire, { stances: { marketing: 'consented' }, known: null })).thenNothing());
  it('is opposed as soon as another system knows of it', () =>
    given(stakeholder, registered, consentGiven).when((state) => register(state, claire, { stances: { marketing: 'opposed' }, known: null })).then(oppositionRaised));
  it('does not come back by being said again', () => given(stakeholder, registered, departed).when((state) => register(state, claire)).thenRefused('stakeholder-departed'));
});

describe('an imported person', () => {
  const provenance = { source: 'crm', entity: 'stakeholders', rowKey: 'claire', run: 'crm-1' };
  const imported: StakeholderEvent = { ...registered, data: { ...claire, provenance } } as StakeholderEvent;
  const withdrawn: StakeholderEvent = { type: 'accounts.stakeholder.withdrawn', data: { reason: 'wrong file' }, supersedes: [1, 2] };
  const takeBack = (state: Stakeholder) => withdraw(state, 'wrong file');
  it('is taken back, with all that was said', () => given(stakeholder, imported, consentGiven).when(takeBack).then(withdrawn));
  it('is taken back once', () => given(stakeholder, imported, consentGiven, withdrawn).when(takeBack).thenNothing());
  it('is not taken back once it was in contact with us', () => given(stakeholder, imported, contactReceived('2026-02-01T00:00:00.000Z')).when(takeBack).thenRefused('withdraw-built-upon'));
  it('is not taken back once it has left', () => given(stakeholder, imported, departed).when(takeBack).thenRefused('withdraw-built-upon'));
  it('is the only one that can be taken back', () => {
    given(stakeholder, registered).when(takeBack).thenRefused('withdraw-not-imported');
    given(stakeholder).when(takeBack).thenRefused('stakeholder-unknown');
  });
  it('is registered anew after that, on the same account', () => {
    given(stakeholder, imported, consentGiven, withdrawn).when((state) => register(state, claire)).then({ type: 'accounts.stakeholder.registered', data: claire });
    given(stakeholder, imported, consentGiven, withdrawn).when((state) => register(state, { ...claire, accountId: 'globex' })).thenRefused('stakeholder-elsewhere');
  });
  it('said anew is still opposed to what he was opposed to here, whatever the file says', () => {
    const past = [imported, oppositionRaised, { ...withdrawn, supersedes: [1, 2] }] as const;
    const anew: StakeholderEvent = { type: 'accounts.stakeholder.registered', data: claire };
    given(stakeholder, ...past).when((state) => register(state, claire)).then(anew, oppositionRaised);
    given(stakeholder, ...past).when((state) => register(state, claire, { stances: { marketing: 'consented' }, known: null })).then(anew, oppositionRaised);
  });
  it('is nobody in between', () => given(stakeholder, imported, consentGiven, withdrawn).when((state) => giveConsent(state, 'survey')).thenRefused('stakeholder-unknown'));
});

describe('what is known of a person', () => {
  it('changes: name and addresses under the key of the person', () =>
    given(stakeholder, registered).when((state) => changeContactDetails(state, details)).then({ type: 'accounts.stakeholder.contact-details-changed', data: { personId: 'claire', ...details } }));
  it('changes: the position', () =>
    given(stakeholder, registered).when((state) => changePosition(state, { function: 'finance', level: 1 })).then({ type: 'accounts.stakeholder.position-changed', data: { function: 'finance', level: 1 } }));
  it('stays: the same position', () => given(stakeholder, registered).when((state) => changePosition(state, { function: 'procurement', level: 2 })).thenNothing());
  it('changes: what the person does when the client buys', () =>
    given(stakeholder, registered).when((state) => setBuyingRoles(state, ['sponsor', 'decision-maker'])).then({ type: 'accounts.stakeholder.buying-roles-set', data: { roles: ['sponsor', 'decision-maker'] } }));
  it('stays: the same roles in another order', () => {
    const roles = ['sponsor', 'decision-maker'] as const;
    given(stakeholder, registered, { type: 'accounts.stakeholder.buying-roles-set', data: { roles } }).when((state) => setBuyingRoles(state, roles.toReversed())).thenNothing();
  });
  it('changes: how near the person is to decisions', () =>
    given(stakeholder, registered).when((state) => setPoliticalStatus(state, 'inner-circle')).then({ type: 'accounts.stakeholder.political-status-set', data: { politicalStatus: 'inner-circle' } }));
  it('stays: the same political status', () => given(stakeholder, registered).when((state) => setPoliticalStatus(state, null)).thenNothing());
  it('changes: what the person is to us', () => given(stakeholder, registered).when((state) => declareSupport(state, 'enemy')).then({ type: 'accounts.stakeholder.support-declared', data: { support: 'enemy' } }));
  it('stays: the same support', () => given(stakeholder, registered).when((state) => declareSupport(state, null)).thenNothing());
  it('changes: the language', () => given(stakeholder, registered).when((state) => setPreferredLanguage(state, 'en')).then({ type: 'accounts.stakeholder.preferred-language-set', data: { language: 'en' } }));
  it('stays: the same language', () =>
    given(stakeholder, registered, { type: 'accounts.stakeholder.preferred-language-set', data: { language: 'en' } }).when((state) => setPreferredLanguage(state, 'en')).thenNothing());
  it.each([
    ['details', (state: Stakeholder) => changeContactDetails(state, details)],
    ['position', (state: Stakeholder) => changePosition(state, { function: null, level: null })],
    ['roles', (state: Stakeholder) => setBuyingRoles(state, [])],
    ['political status', (state: Stakeholder) => setPoliticalStatus(state, null)],
    ['support', (state: Stakeholder) => declareSupport(state, null)],
    ['language', (state: Stakeholder) => setPreferredLanguage(state, 'fr')],
  ])('does not change any more after a departure: %s', (_what, decide) => {
    given(stakeholder, registered, departed).when((state) => decide(state)).thenRefused('stakeholder-departed');
    given(stakeholder).when((state) => decide(state)).thenRefused('stakeholder-unknown');
  });
});

describe('what a person says about being written to', () => {
  it('is consent', () => given(stakeholder, registered).when((state) => giveConsent(state, 'marketing')).then(consentGiven));
  it('is consent once', () => given(stakeholder, registered, consentGiven).when((state) => giveConsent(state, 'marketing')).thenNothing());
  it('is opposition, also after consent', () => given(stakeholder, registered, consentGiven).when((state) => raiseOpposition(state, 'marketing')).then(oppositionRaised));
  it('is opposition once', () => given(stakeholder, registered, oppositionRaised).when((state) => raiseOpposition(state, 'marketing')).thenNothing());
  it('is consent again', () => given(stakeholder, registered, oppositionRaised).when((state) => giveConsent(state, 'marketing')).then(consentGiven));
  it('is said for each purpose alone', () => given(stakeholder, registered, oppositionRaised).when((state) => raiseOpposition(state, 'survey')).then({ type: 'accounts.stakeholder.opposition-raised', data: { purpose: 'survey' } }));
  it('is heard after the departure too', () => given(stakeholder, registered, departed).when((state) => raiseOpposition(state, 'marketing')).then(oppositionRaised));
  it('is nothing where the person is not known', () => {
    given(stakeholder).when((state) => giveConsent(state, 'survey')).thenRefused('stakeholder-unknown');
    given(stakeholder).when((state) => raiseOpposition(state, 'survey')).thenRefused('stakeholder-unknown');
  });
});

describe('a contact that comes from the person', () => {
  const [monday, tuesday, now] = ['2026-02-02T10:00:00.000Z', '2026-02-03T10:00:00.000Z', '2026-02-04T10:00:00.000Z'];
  const receive = (at: string, touchpointId: string | null = null, until = now) => (state: Stakeholder) => receiveContact(state, { at, touchpointId }, until);
  it('counts from its own instant', () => given(stakeholder, registered).when(receive(monday)).then(contactReceived(monday)));
  it('replaces the one before', () => given(stakeholder, registered, contactReceived(monday)).when(receive(tuesday)).then(contactReceived(tuesday)));
  it('says nothing new when a later one is known', () => given(stakeholder, registered, contactReceived(tuesday)).when(receive(monday)).thenNothing());
  it('is noted all the same where a touchpoint says it', () => given(stakeholder, registered, contactReceived(tuesday, 't2')).when(receive(monday, 't1')).then(contactReceived(monday, 't1')));
  it('is counted once', () => {
    given(stakeholder, registered, contactReceived(monday)).when(receive(monday)).thenNothing();
    given(stakeholder, registered, contactReceived(monday, 't1'), contactReceived(tuesday, 't2')).when(receive(monday, 't1')).thenNothing();
  });
  it('cannot lie in the future', () => given(stakeholder, registered).when(receive(now, null, tuesday)).thenRefused('stakeholder-contact-in-future'));
});

describe('a contact that is taken back', () => {
  const [monday, tuesday] = ['2026-02-02T10:00:00.000Z', '2026-02-03T10:00:00.000Z'];
  const takeBack = (at: string, touchpointId: string) => (state: Stakeholder) => takeContactBack(state, { at, touchpointId });
  const takenBack = (touchpointId: string, lastContactAt: string | null, version: number): StakeholderEvent => ({ type: 'accounts.stakeholder.contact-taken-back', data: { touchpointId, lastContactAt }, supersedes: [version] });
  const both = [registered, contactReceived(tuesday, 't2'), contactReceived(monday, 't1')] as const;

  it('leaves the last one before it, whenever that was said', () => given(stakeholder, ...both).when(takeBack(tuesday, 't2')).then(takenBack('t2', monday, 2)));
  it('leaves the last one as it is where it was another', () => given(stakeholder, ...both).when(takeBack(monday, 't1')).then(takenBack('t1', tuesday, 3)));
  it('leaves none where it was the only one', () => given(stakeholder, registered, contactReceived(monday, 't1')).when(takeBack(monday, 't1')).then(takenBack('t1', null, 2)));
  it('is taken back once', () => given(stakeholder, ...both, takenBack('t2', monday, 2)).when(takeBack(tuesday, 't2')).thenNothing());
  it('is the touchpoint’s own, or one of its instant from before touchpoints were named', () => {
    given(stakeholder, registered, contactReceived(monday), contactReceived(monday, 't1')).when(takeBack(monday, 't1')).then(takenBack('t1', monday, 3));
    given(stakeholder, registered, contactReceived(monday)).when(takeBack(monday, 't1')).then(takenBack('t1', null, 2));
    given(stakeholder, registered, contactReceived(monday, 't2')).when(takeBack(monday, 't1')).thenNothing();
  });
  it('gives way to the last one of where the person was before', () => {
    const instead = { at: monday, touchpointId: 't1', version: 7 };
    given(stakeholder, registered, contactReceived(tuesday, 't2'))
      .when((state) => takeContactBack(state, { at: tuesday, touchpointId: 't2' }, instead))
      .then(takenBack('t2', null, 2), contactReceived(monday, 't1'));
  });
  it('keeps the data no longer', () => {
    const terms = { before: '2029-02-03T00:00:00.000Z', months: 36, dateOf: (instant: string) => instant.slice(0, 10) };
    const long = [registered, contactReceived(monday, 't1'), contactReceived('2029-02-04T10:00:00.000Z', 't2')] as const;
    given(stakeholder, ...long).when((state) => proposeErasure(state, terms)).thenNothing();
    given(stakeholder, ...long, takenBack('t2', monday, 3)).when((state) => proposeErasure(state, terms)).then({ type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: '2026-02-02', months: 36 } });
  });
  it('takes no proposal back as an earlier one that comes to light', () => {
    const proposed: StakeholderEvent = { type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: '2026-02-03', months: 36 } };
    const dismissed: StakeholderEvent = { type: 'accounts.stakeholder.erasure-proposal-dismissed', data: { reason: 'a contract runs' } };
    given(stakeholder, registered, contactReceived(tuesday, 't2'), proposed, contactReceived(monday, 't1')).when((state) => dismissErasureProposal(state, 'a contract runs')).then(dismissed);
  });
});

describe('a person who leaves', () => {
  it('departs on the last day', () => given(stakeholder, registered).when((state) => depart(state, left, february)).then(departed));
  it('departs once', () => given(stakeholder, registered, departed).when((state) => depart(state, left, february)).thenNothing());
  it('cannot have left before being registered', () =>
    given(stakeholder, registered).when((state) => depart(state, left, { ...february, at: '2025-01-01T00:00:00.000Z' })).then({ ...departed, occurredAt: '2026-01-10T09:00:00.000Z' }));
  it('cannot leave in the future', () => given(stakeholder, registered).when((state) => depart(state, left, { at: february.now, now: february.at })).thenRefused('stakeholder-departure-in-future'));
  it('moves to another account by departing', () =>
    given(stakeholder, registered).when((state) => depart(state, moved, february)).then({ type: 'accounts.stakeholder.departed', data: moved, occurredAt: february.at }));
  it('moves to one account only', () =>
    given(stakeholder, registered, { type: 'accounts.stakeholder.departed', data: moved }).when((state) => depart(state, { ...moved, movedTo: { accountId: 'initech', stakeholderId: 'claire-3' } }, february)).thenRefused('stakeholder-departed'));
  it('does not move to where he is', () =>
    given(stakeholder, registered).when((state) => depart(state, { ...moved, movedTo: { accountId: 'acme', stakeholderId: 'claire-2' } }, february)).thenRefused('stakeholder-already-there'));
});

describe('a person who arrives from another account', () => {
  const former: KnownStakeholder = { ...claire, status: 'departed', stances: { marketing: 'opposed', survey: 'consented' }, registeredAt: '2026-01-10T09:00:00.000Z', ...NEVER_IN_TOUCH, lastContactAt: '2026-01-20T09:00:00.000Z', contacts: [{ at: '2026-01-20T09:00:00.000Z', touchpointId: 't1', version: 5 }], movedTo: 'claire-2', versions: 5 };
  const arrival = { ...claire, accountId: 'globex' };
  const said: StakeholderEvent[] = [oppositionRaised, { type: 'accounts.stakeholder.consent-given', data: { purpose: 'survey' } }, contactReceived('2026-01-20T09:00:00.000Z', 't1')];
  it('brings along what was said about being contacted', () =>
    given(stakeholder).when((state) => takeOver(state, former, arrival)).then(...[{ type: 'accounts.stakeholder.registered' as const, data: arrival }, ...said]));
  it('arrives once', () => given(stakeholder, registered).when((state) => takeOver(state, former, arrival)).thenNothing());
});

describe('data of a person that are kept too long', () => {
  const afterThreeYears = { before: '2029-02-01T00:00:00.000Z', months: 36, dateOf: (instant: string) => instant.slice(0, 10) };
  const proposed: StakeholderEvent = { type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: null, months: 36 } };
  const propose = (state: Stakeholder) => proposeErasure(state, afterThreeYears);

  it('are proposed for erasure when the person never got in touch', () => given(stakeholder, registered).when(propose).then(proposed));
  it('are proposed after the last contact that came from the person', () =>
    given(stakeholder, registered, contactReceived('2029-01-31T22:00:00.000Z')).when(propose).then({ type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: '2029-01-31', months: 36 } }));
  it('are kept after a later contact', () => given(stakeholder, registered, contactReceived('2029-02-01T00:00:00.000Z')).when(propose).thenNothing());
  it('are proposed once', () => given(stakeholder, registered, proposed).when(propose).thenNothing());
  it('are proposed again when the person got in touch and fell silent again', () =>
    given(stakeholder, registered, proposed, contactReceived('2028-01-01T00:00:00.000Z')).when(propose).then({ type: 'accounts.stakeholder.erasure-proposed', data: { lastContactOn: '2028-01-01', months: 36 } }));
  it('are kept where somebody decided so, once, until the months have gone by anew', () => {
    const dismissed = (occurredAt: string): StakeholderEvent => ({ type: 'accounts.stakeholder.erasure-proposal-dismissed', data: { reason: 'a contract runs' }, occurredAt });
    const { occurredAt: _now, ...decided } = dismissed('');
    const dismiss = (state: Stakeholder) => dismissErasureProposal(state, 'a contract runs');
    given(stakeholder, registered, proposed).when(dismiss).then(decided as StakeholderEvent);
    given(stakeholder, registered, proposed, dismissed('2029-02-03T00:00:00.000Z')).when(dismiss).thenNothing();
    given(stakeholder, registered).when(dismiss).thenNothing();
    given(stakeholder, registered, proposed, dismissed('2029-02-03T00:00:00.000Z')).when(propose).thenNothing();
    given(stakeholder, registered, proposed, dismissed('2029-01-31T00:00:00.000Z')).when(propose).then(proposed);
  });
  it('are proposed after a departure too', () => given(stakeholder, registered, departed).when(propose).then(proposed));
  it('are left to the account that the person moved to', () => given(stakeholder, registered, { type: 'accounts.stakeholder.departed', data: moved }).when(propose).thenNothing());
  it('are not proposed once they are erased', () => given(stakeholder, registered, { type: 'accounts.stakeholder.erased', data: { movedTo: null } }).when(propose).thenNothing());
});

describe('an erasure', () => {
  const erased: StakeholderEvent = { type: 'accounts.stakeholder.erased', data: { movedTo: null } };
  it('is noted', () => given(stakeholder, registered).when(noteErasure).then(erased));
  it('leaves nobody to move: there would be nothing to register', () => {
    given(stakeholder, registered, erased).when((state) => depart(state, moved, february)).thenRefused('person-erased');
    given(stakeholder, registered, erased).when((state) => depart(state, left, february)).then({ type: 'accounts.stakeholder.departed', data: left, occurredAt: february.at });
  });
  it('is noted once', () => given(stakeholder, registered, erased).when(noteErasure).thenNothing());
  it('is told to where the person moved', () =>
    given(stakeholder, registered, { type: 'accounts.stakeholder.departed', data: moved }).when(noteErasure).then({ type: 'accounts.stakeholder.erased', data: { movedTo: 'claire-2' } }));
  it('of somebody whom no client has is nothing', () => given(stakeholder).when(noteErasure).thenNothing());
  it('leaves standing what the person said about being contacted', () =>
    given(stakeholder, registered, oppositionRaised, erased).when((state) => raiseOpposition(state, 'marketing')).thenNothing());
});
