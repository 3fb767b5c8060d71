import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { Demo, idOf } from './demo.js';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const line = (code: string) => ({ code, label: { en: code, fr: code } });
const profile = {
  role: 'kam', seniority: 3, country: 'FR', hiringReason: 'growth', salaryBand: { min: eur(4_000_000), max: eur(6_000_000) }, tension: 'tight',
  criteria: { diplomaLevel: 5, minExperienceYears: 3, scorecard: [line('listening'), line('negotiation')] },
};
const SCORES = [{ criterion: 'listening', score: 5 }, { criterion: 'negotiation', score: 4 }];
const TODAY = new Date().toISOString().slice(0, 10);
const OFFER = { salary: eur(5_000_000), validUntil: '2099-12-31' };

interface Requisition {
  readonly state: string;
  readonly offer: { readonly offerId: string } | null;
  readonly candidates: readonly { readonly candidateId: string; readonly name: string | null; readonly stage: string; readonly out: string | null; readonly interviews: readonly { readonly interviewId: string }[] }[];
}

let demo: Demo;
let call: Demo['call'];
let done: Demo['done'];

beforeAll(async () => {
  demo = await Demo.openEmpty();
  ({ call, done } = demo);
});
afterAll(() => demo.close());

const openRequisition = (managerId = idOf('director')): Promise<string> => done('hr', 'accounts/requisitions', { ...profile, managerId });
const tell = (user: string, id: string, command: string, body: object) => call(user, `accounts/requisitions/${id}/${command}`, body);
const told = (id: string, command: string, body: object) => done('hr', `accounts/requisitions/${id}/${command}`, body);

/** The requisition, once it is at least at what the last command gave. */
async function shown(id: string, version: number): Promise<Requisition> {
  return (await call<Requisition>('hr', `accounts/requisitions/${id}?after=requisition-${id}:${version}`)).body;
}

async function addCandidate(id: string, name: string, more: object = {}): Promise<string> {
  const { version } = (await tell('hr', id, 'add-candidate', { name, source: 'school', ...more })).body;
  return (await shown(id, version)).candidates.find((candidate) => candidate.name === name)!.candidateId;
}

/** Shortlisted and interviewed by the director, with the scorecard. */
async function interviewed(id: string, name: string): Promise<string> {
  const candidateId = await addCandidate(id, name);
  await told(id, 'shortlist-candidate', { candidateId });
  const { version } = (await tell('hr', id, 'interview-candidate', { candidateId, interviewerId: idOf('director'), heldOn: TODAY })).body;
  const { interviewId } = (await shown(id, version)).candidates.find((candidate) => candidate.candidateId === candidateId)!.interviews[0]!;
  await done('director', `accounts/requisitions/${id}/score-interview`, { interviewId, scores: SCORES });
  return candidateId;
}

async function hired(id: string, candidateId: string): Promise<void> {
  const { version } = (await tell('hr', id, 'make-offer', { candidateId, ...OFFER })).body;
  const { offer } = await shown(id, version);
  await told(id, 'accept-offer', { offerId: offer!.offerId });
  await told(id, 'fill', { candidateId, probationUntil: '2099-12-31' });
}

describe('from the requisition to the member', () => {
  it('is no way around the scorecards', async () => {
    const id = await openRequisition();
    const candidateId = await addCandidate(id, 'Cleo Brandt', { contact: 'cleo@example.org' });
    expect((await tell('hr', id, 'make-offer', { candidateId, ...OFFER })).body.code).toBe('candidate-not-at-stage');
    await told(id, 'shortlist-candidate', { candidateId });
    const { version } = (await tell('hr', id, 'interview-candidate', { candidateId, interviewerId: idOf('kam'), heldOn: TODAY })).body;
    const { interviewId } = (await shown(id, version)).candidates[0]!.interviews[0]!;

    const refused = await call('hr', `accounts/requisitions/${id}/make-offer`, { candidateId, ...OFFER }, { 'accept-language': 'fr' });
    expect([refused.status, refused.body.code, refused.body.title]).toEqual([422, 'scorecards-missing', "Pas d'offre sans grilles d'évaluation : il en manque 1."]);
    await eventually(async () => expect(await demo.list('kam', 'accounts/interviews?state=to-score')).toMatchObject([{ id: interviewId, criteria: ['listening', 'negotiation'] }]));
    expect((await tell('kam2', id, 'score-interview', { interviewId, scores: SCORES })).status).toBe(404);
    expect((await tell('director', id, 'score-interview', { interviewId, scores: SCORES })).body.code).toBe('interview-unknown');
    expect((await tell('kam', id, 'score-interview', { interviewId, scores: [SCORES[0]] })).body.code).toBe('scorecard-incomplete');
    expect((await tell('kam', id, 'score-interview', { interviewId, scores: SCORES })).status).toBe(200);

    expect((await tell('hr', id, 'make-offer', { candidateId, ...OFFER, salary: eur(7_000_000), reason: 'the best' })).body.code).toBe('salary-outside-band');
    await hired(id, candidateId);
    const board = () => call<{ name: string; requisitionId: string; probation: object; managerId: string }>('director', `accounts/team-board/${candidateId}`);
    await eventually(async () => expect((await board()).body).toMatchObject({ name: 'Cleo Brandt', requisitionId: id, managerId: idOf('director'), role: 'kam', country: 'FR', probation: { state: 'running', until: '2099-12-31' } }));
    await done('director', `accounts/team-members/${candidateId}/confirm-probation`, {});
    await eventually(async () => expect((await call('hr', 'accounts/hire-quality')).body).toMatchObject({ hires: 1, confirmedPercent: 100, meanScore: { confirmed: 4.5, ended: null } }));
    expect((await call('hr', 'accounts/time-to-fill')).body).toMatchObject({ filled: 1, medianDays: 0, byTension: [{ tension: 'tight', filled: 1 }] });
  });

  it('is for one, however many offers leave at once', async () => {
    const id = await openRequisition();
    const candidates = [await interviewed(id, 'Ann One'), await interviewed(id, 'Ben Two'), await interviewed(id, 'Cid Three')];
    const offers = await Promise.all(candidates.map((candidateId) => tell('hr', id, 'make-offer', { candidateId, ...OFFER })));
    expect(offers.map(({ body }) => body.code ?? 'made').toSorted()).toEqual(['made', 'offer-open', 'offer-open']);
  });

  it('is nobody else’s business', async () => {
    const id = await openRequisition();
    expect((await call('kam', `accounts/requisitions/${id}`)).status).toBe(403);
    const elsewhere = await done('hr', 'accounts/team-members', { name: 'Other Head', role: 'director' });
    const theirs = await openRequisition(elsewhere);
    await eventually(async () => expect((await call('hr', `accounts/requisitions/${theirs}`)).status).toBe(200));
    expect((await call('director', `accounts/requisitions/${theirs}`)).status).toBe(404);
    expect((await tell('director', theirs, 'cancel', { reason: 'x' })).status).toBe(404);
    expect((await tell('director', theirs, 'score-interview', { interviewId: 'any', scores: SCORES })).status).toBe(404);
  });
});

describe('the fairness report', () => {
  it('counts groups of ten and more, shows no one, and forgets the erased', async () => {
    const managerId = await done('hr', 'accounts/team-members', { name: 'Fair Head', role: 'director' });
    const id = await openRequisition(managerId);
    const groups = [...Array.from({ length: 10 }, () => 'woman'), ...Array.from({ length: 10 }, () => 'man'), 'other'];
    const ids: string[] = [];
    for (const [i, group] of groups.entries()) ids.push(await addCandidate(id, `Candidate ${i}`, { group }));
    for (const [i, candidateId] of ids.entries()) await told(id, i % 10 < (i < 10 ? 4 : 6) ? 'shortlist-candidate' : 'reject-candidate', i % 10 < (i < 10 ? 4 : 6) ? { candidateId } : { candidateId, cause: 'skills' });
    const applied = async () => (await call<{ steps: { groups: object[]; gapPoints: number | null }[] }>('hr', 'accounts/fairness-report')).body.steps[0]!;
    await eventually(async () =>
      expect(await applied()).toEqual({ step: 'applied', groups: [{ group: 'man', decided: 10, passPercent: 60 }, { group: 'woman', decided: 10, passPercent: 40 }], gapPoints: 20 }),
    );
    expect((await call('hr', 'accounts/fairness-report')).body).toMatchObject({ pay: { groups: [], gapPoints: null }, training: { hoursPerMember: 0 } });
    expect(JSON.stringify((await call('hr', `accounts/requisitions/${id}`)).body)).not.toMatch(/woman|"group"/);
    const gone = ids[3]!;
    expect((await call('hr', `accounts/persons/${gone}/erase`, { ground: 'request' })).status).toBe(200);
    await eventually(async () => expect(await applied()).toMatchObject({ groups: [{ group: 'man' }], gapPoints: null }));
    expect((await call<Requisition>('hr', `accounts/requisitions/${id}`)).body.candidates.find(({ candidateId }) => candidateId === gone)).toMatchObject({ name: null, stage: 'shortlisted' });
  });
});

describe('the glossary', () => {
  it('is found by what people call it, and says what this organisation calls it', async () => {
    const found = async (q: string) => (await demo.list<{ id: string; label: object; shipped: boolean }>('kam', `accounts/glossary?q=${encodeURIComponent(q)}`)).map(({ id, shipped }) => [id, shipped]);
    expect(await found('responsable comptes cles')).toEqual([['key-account-manager', true]]);
    const ours = { label: { en: 'Client partner', fr: 'Partenaire client' }, synonyms: { en: ['KAM'], fr: [] } };
    const said = await call('director', 'accounts/glossary/key-account-manager/localise', ours);
    expect([said.status, (await call('director', 'accounts/glossary/key-account-manager/localise', ours)).body.version]).toEqual([200, said.body.version]);
    await eventually(async () => expect(await found('partenaire')).toEqual([['key-account-manager', false]]));
    expect(await found('grands comptes')).toEqual([]);
    expect((await call('kam', 'accounts/glossary/key-account-manager/localise', ours)).status).toBe(403);
  });
});
