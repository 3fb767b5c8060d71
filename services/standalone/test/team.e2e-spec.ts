import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { Demo, idOf } from './demo.js';

const NEXT_YEAR = new Date().getUTCFullYear() + 1;

let call: Demo['call'];
let done: Demo['done'];
let list: Demo['list'];
let demo: Demo;

const tell = (user: string, member: string, command: string, body: object) => call(user, `accounts/team-members/${member}/${command}`, body);

/** A member whom everybody knows. */
async function onboard(name: string, facts: object = {}): Promise<string> {
  const id = await done('hr', 'accounts/team-members', { name, role: 'kam', managerId: idOf('director'), ...facts });
  await eventually(async () => expect((await call('director', `accounts/team-board/${id}`)).status).toBe(200));
  return id;
}

async function newAccount(name: string, ownerId?: string): Promise<string> {
  const id = await done('director', 'accounts/key-accounts', { name });
  if (ownerId) await done('director', `accounts/key-accounts/${id}/assign-owner`, { ownerId });
  return id;
}

const board = async <T = Record<string, unknown>>(id: string): Promise<T> => (await call<T>('director', `accounts/team-board/${id}`)).body;
const leave = (id: string, lastDay: string) => tell('hr', id, 'offboard', { lastDay, cause: 'resigned', reason: 'another company' });

beforeAll(async () => {
  // What was given to a member counts as under way for the deadline and two seconds.
  demo = await Demo.openEmpty({ KEYFOLD_COMMAND_DEADLINE_MS: '500' });
  ({ call, done, list } = demo);
});
afterAll(() => demo.close());

describe('a consultant', () => {
  const accounts = async (): Promise<string[]> => (await list<{ id: string }>('consultant', 'accounts/key-accounts')).map(({ id }) => id);
  const until = `${NEXT_YEAR}-03-31`;

  it('without a grant reads nothing', async () => {
    const refused = await call('consultant', 'accounts/key-accounts', undefined, { 'accept-language': 'fr' });
    expect([refused.status, refused.body.code, refused.body.title]).toEqual([403, 'access-expired', "Votre accès a expiré ou n'a jamais été accordé."]);
  });

  it('reads the account of a grant in every service, changes nothing, and reads no other', async () => {
    const [open, other] = [await newAccount('Open', idOf('kam')), await newAccount('Other', idOf('kam'))];
    await done('director', `accounts/team-members/${idOf('consultant')}/grant-role`, { role: 'consultant', accountIds: [open], until, reason: 'review' });
    await eventually(async () => expect(await accounts()).toEqual([open]));
    const deal = await eventually(() => done('kam', 'opportunities/opportunities', { accountId: open, name: 'Fleet', motion: 'hunting' }));
    const incident = await eventually(() => done('agent', 'satisfaction/incidents', { accountId: open, title: 'Down', impact: 'low', urgency: 'low' }));
    for (const path of [`reporting/portfolio/${open}`, `reporting/account-timeline?accountId=${open}`, `opportunities/opportunities/${deal}`, `satisfaction/incidents/${incident}`])
      await eventually(async () => expect([path, (await call('consultant', path)).status]).toEqual([path, 200]));
    expect((await call('consultant', `accounts/key-accounts/${other}`)).status).toBe(404);
    expect(await call('consultant', `accounts/key-accounts/${open}/add-team-member`, { memberId: idOf('kam2'), role: 'sales-engineer', access: 'read' })).toMatchObject({ status: 403, body: { code: 'role-missing' } });
  });

  it('is not let in by whoever cannot see the account, by himself, or to everything by a director who is led', async () => {
    expect((await tell('kam', idOf('consultant'), 'grant-role', { role: 'consultant', until, reason: 'x' })).status).toBe(403);
    expect((await tell('director', idOf('director'), 'grant-role', { role: 'auditor', until, reason: 'x' })).body.code).toBe('member-is-self');
    expect((await tell('director', idOf('consultant'), 'grant-role', { role: 'consultant', accountIds: ['nothing'], until, reason: 'x' })).status).toBe(404);
  });

  it('reads nothing any more once the grant is revoked', async () => {
    const { grants } = await board<{ grants: { grantId: string }[] }>(idOf('consultant'));
    const revoke = () => tell('director', idOf('consultant'), 'revoke-role', { grantId: grants[0]!.grantId, reason: 'done' });
    const revoked = await revoke();
    expect([revoked.status, (await revoke()).body.version]).toEqual([200, revoked.body.version]);
    await eventually(async () => expect((await call('consultant', 'accounts/key-accounts')).body.code).toBe('access-expired'));
  });
});

describe('a member who leaves', () => {
  it('hands the portfolio over first', async () => {
    const leaver = await onboard('Lea Verre');
    const account = await newAccount('Held', leaver);
    const refused = await call('hr', `accounts/team-members/${leaver}/offboard`, { lastDay: '2099-06-30', cause: 'resigned', reason: 'x' }, { 'accept-language': 'fr' });
    expect([refused.status, refused.body.code, refused.body.title]).toEqual([422, 'portfolio-not-handed-over', "Comptes encore confiés à ce membre de l'équipe après ce jour : 1. Transférez-les d'abord."]);
    await done('director', `accounts/key-accounts/${account}/hand-over`, { toOwnerId: idOf('kam'), effectiveOn: '2099-07-01', reason: 'leaves' });
    expect((await leave(leaver, '2099-06-29')).body.code).toBe('portfolio-not-handed-over');
    const left = await eventually(async () => {
      const answer = await leave(leaver, '2099-06-30');
      expect([answer.status, answer.body.code]).toEqual([200, undefined]);
      return answer;
    });
    expect((await leave(leaver, '2099-06-30')).body.version).toBe(left.body.version);
    expect((await call('director', `accounts/key-accounts/${await newAccount('Too late')}/assign-owner`, { ownerId: leaver })).body.code).toBe('member-offboarded');
    expect((await call('kam', `accounts/team-members/${leaver}/offboard`, { lastDay: '2099-06-30', cause: 'resigned', reason: 'x' })).status).toBe(403);
  });

  it('raced by accounts that are given to him keeps none of them, whoever comes first', async () => {
    const pairs = await Promise.all(Array.from({ length: 40 }, async (_, round) => [await onboard(`Racer ${round}`), await newAccount(`Raced ${round}`)] as const));
    // All at once, so that the steps of one command fall between those of the other.
    const races = pairs.flatMap(([leaver, account], round) => {
      const leaving = () => leave(leaver, '2099-06-30');
      const assigning = () => call('director', `accounts/key-accounts/${account}/assign-owner`, { ownerId: leaver });
      return round % 2 ? [assigning, leaving] : [leaving, assigning];
    });
    const answers = await Promise.all(races.map((race) => race()));
    const outcomes = pairs.map((_pair, round) => {
      const [first, second] = [answers[2 * round]!.status === 200, answers[2 * round + 1]!.status === 200];
      return round % 2 ? { owns: first, left: second } : { owns: second, left: first };
    });
    expect(outcomes.filter(({ left, owns }) => left && owns)).toEqual([]);
    expect(outcomes.filter(({ left }) => left).length).toBeGreaterThan(0);
    expect(outcomes.filter(({ owns }) => owns).length).toBeGreaterThan(0);
  });
});

describe('what leads know of a member', () => {
  it('is his growth, and only theirs to say', async () => {
    const id = await onboard('Ada Grove', { probationUntil: '2099-12-31', seniority: 4, country: 'FR' });
    const year = new Date().getUTCFullYear();
    const told = async (command: string, body: object) => done('director', `accounts/team-members/${id}/${command}`, body);
    await told('assess-skill', { skill: 'negotiation', level: 3 });
    await told('record-credential', { diplomaLevel: 5, experienceYears: 4 });
    await told('complete-training', { training: 'csr-in-bids', hours: 7.5, completedOn: '2026-01-15' });
    await told('hold-one-on-one', { heldOn: '2026-01-16', notes: 'Wants to negotiate alone' });
    await told('set-ramp-plan', { startsOn: `${year}-01-01` });
    await told('set-quota', { year, amount: { amountMinor: 120_000_000, currency: 'EUR' }, expectedAttainmentPercent: 90, utilisationPercent: 80 });
    await told('confirm-probation', {});
    await eventually(async () => expect(await board(id)).toMatchObject({ name: 'Ada Grove', probation: { state: 'confirmed' }, trainingHours: 7.5, lastOneOnOneOn: '2026-01-16', seniority: 4, country: 'FR' }));

    const capacity = (await call<{ members: { id: string; quarters: number[] }[]; totals: object[] }>('director', `accounts/team-capacity?year=${year}`)).body;
    expect(capacity.members.find((member) => member.id === id)!.quarters).toEqual([0, 5_400_000, 10_800_000, 21_600_000]);
    expect(capacity.totals).toEqual([{ amountMinor: 37_800_000, currency: 'EUR' }]);
    const skills = await list('hr', 'accounts/skills-matrix?skill=negotiation');
    expect(skills).toEqual([expect.objectContaining({ id, levels: { negotiation: 3 }, diplomaLevel: 5 })]);
    const talks = await list('director', `accounts/one-on-ones?memberId=${id}`);
    expect(talks).toMatchObject([{ notes: 'Wants to negotiate alone', memberName: 'Ada Grove' }]);

    expect((await call('kam', `accounts/team-board/${id}`)).status).toBe(403);
    expect(await list('kam', `accounts/one-on-ones?memberId=${id}`)).toEqual([]);
    expect((await tell('director', idOf('director'), 'assess-skill', { skill: 'negotiation', level: 4 })).body.code).toBe('member-is-self');
    expect((await tell('director', 'nobody', 'assess-skill', { skill: 'negotiation', level: 4 })).status).toBe(404);
  });
});

describe('a key account manager over capacity', () => {
  it('for two months is a task for the director', async () => {
    const policy = { hoursPerAccount: { A: 8, B: 5, C: 2 }, hoursAvailable: 1, thresholdPercent: 100 };
    await done('director', 'accounts/policies/workload--default/publish-workload', { validFrom: '2020-01-01', reason: 'test', content: policy });
    const busy = await onboard('Bea Loaded');
    const account = await newAccount('Heavy', busy);
    expect((await demo.qualified(account, 'C')).status).toBe(200);
    const workload = async () => (await list<{ id: string }>('director', 'accounts/kam-workload?limit=200')).find(({ id }) => id === busy);
    await eventually(async () => expect(await workload()).toMatchObject({ loadPercent: 200, overThreshold: true }));
    const review = (month: string) => done('service', `accounts/team-members/${busy}/review-workload`, { month });
    const tasks = async () => (await list<{ matter: { kind: string; subject: object } }>('director', `accounts/tasks?assigneeId=${idOf('director')}`)).filter(({ matter }) => matter.kind === 'workload-exceeded');
    await review('2026-01');
    await review('2026-02');
    await eventually(async () => expect((await tasks()).map(({ matter }) => matter.subject)).toEqual([{ type: 'member', id: busy }]));
    await review('2026-03');
    await eventually(async () => expect(await board(busy)).toMatchObject({ workload: { month: '2026-03', loadPercent: 200, exceededInMonth: '2026-02' } }));
    expect(await tasks()).toHaveLength(1);
  });
});
