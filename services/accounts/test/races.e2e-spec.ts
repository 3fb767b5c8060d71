import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES } from '@keyfold/contracts';
import type { SequencedCommit } from '@keyfold/event-sourcing';
import { systemClock } from '@keyfold/event-sourcing-nest';
import { addDays, DEMO_TEAM, DemoIdentity } from '@keyfold/platform';
import { deploymentOn, eventually, freePort, kafkaForTests, mongoForTests, serveKeys, ServiceUnderTest, setUpDeployment, type TestKafka, type TestMongo } from '@keyfold/testing';

const ROUNDS = 20;
const LIMIT = DEFAULT_POLICIES.tiers.tierALimit;
const GRANTS = 20;
const TODAY = new Date().toISOString().slice(0, 10);
const SCORE = { points: DEFAULT_POLICIES.selection.criteria.map(({ code }) => ({ criterion: code, points: 8 })) };

interface Answer {
  readonly status: number;
  readonly body: { readonly id: string; readonly version: number; readonly code?: string };
}
interface Fact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurredAt: string;
}
type Line = readonly [aggregate: string, command: string, id: string, body: object];
type Say = readonly [path: string, body: object, user?: string];

let mongo: TestMongo;
let kafka: TestKafka;
let issuer: Awaited<ReturnType<typeof serveKeys>>;
let tokens: Record<string, string>;
let processes: readonly ServiceUnderTest[];

/** A command to one of the two processes. */
async function tell(process: number, [path, body, user = 'director']: Say): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokens[user]}`, 'content-type': 'application/json' };
  const answer = await processes[process % 2]!.fetch(`/api/accounts/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

/** All of them at once, in turn to the one process and to the other; which is the first changes with the round. */
const race = (round: number, ...said: readonly Say[]): Promise<Answer[]> => Promise.all(said.map((one, i) => tell(round + i, one)));

async function done(...said: Say): Promise<string> {
  const { status, body } = await tell(0, said);
  expect([said[0], status < 300, body.code]).toEqual([said[0], true, undefined]);
  return body.id;
}

/** What a round starts from; each has to be taken. New members are known to the scopes of both processes then. */
async function given(lines: readonly Line[]): Promise<void> {
  const body = lines.map(([aggregate, command, id, told]) => JSON.stringify({ aggregate, command, id, commandId: `${command}-${id}-${JSON.stringify(told).length}`, body: told }));
  const headers = { authorization: `Bearer ${tokens['director']}`, 'content-type': 'application/x-ndjson' };
  const answer = await processes[0]!.fetch('/api/accounts/bulk', { method: 'POST', headers, body: body.join('\n') });
  const results = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line) as { status: number });
  expect(results.filter(({ status }) => status >= 300)).toEqual([]);
  const members = lines.filter(([, command]) => command === 'onboard').map(([, , id]) => `member-${id}:1`);
  if (members.length === 0) return;
  const list = await processes[0]!.fetch(`/api/accounts/key-accounts?limit=1&after=${members.join(',')}`, { headers: { authorization: headers.authorization, prefer: 'wait=10' } });
  expect(await list.json()).toMatchObject({ stale: false });
}

/** What the log says of a stream, which must be in order by now up to what was acknowledged. */
async function logOf(streamId: string, version = 0): Promise<readonly Fact[]> {
  return eventually(async () => {
    const answer = await processes[1]!.fetch(`/ops/accounts/feed?stream=${streamId}`, { headers: { authorization: `Bearer ${tokens['operator']}` } });
    const commits = (await answer.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line) as SequencedCommit);
    const facts = commits.flatMap(({ events }) => events as unknown as readonly Fact[]);
    expect(facts.length).toBeGreaterThanOrEqual(version);
    return facts;
  });
}

const outcomes = (answers: readonly Answer[]): string[] => answers.map(({ status, body }) => (status < 300 ? 'done' : (body.code ?? String(status)))).toSorted();
const taken = (answers: readonly Answer[]): Answer => answers.find(({ status }) => status < 300)!;
const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const member = (id: string): Line => ['team-members', 'onboard', id, { name: id, role: 'kam', managerId: directorId }];
const account = (id: string): Line => ['key-accounts', 'register-client', id, { name: id, activeSince: '2024-01-01' }];
const owned = (id: string, ownerId: string): Line => ['key-accounts', 'assign-owner', id, { ownerId }];
const below = (id: string, parentId: string): Line => ['key-accounts', 'attach-to-parent', id, { parentId }];
const memberIdOf = (user: string): string => DEMO_TEAM.find((person) => person.user === user)!.memberId;
const directorId = memberIdOf('director');

/** Two processes of the accounts service on one MongoDB and Kafka; of the other services there is none. */
beforeAll(async () => {
  mongo = await mongoForTests();
  kafka = kafkaForTests();
  const identity = await DemoIdentity.open(null, 'keyfold', systemClock);
  issuer = await serveKeys(identity.jwks);
  const ports = await Promise.all([freePort(), freePort()]);
  tokens = Object.fromEntries(await Promise.all(['director', 'kam', 'hr', 'operator'].map(async (user) => [user, (await identity.token(user))!] as const)));
  const env = {
    ...deploymentOn(mongo, kafka),
    KEYFOLD_TIME_ZONE: 'UTC',
    KEYFOLD_LOG_LEVEL: 'error',
    KEYFOLD_PUBLIC_URL: issuer.url,
    ...Object.fromEntries(['accounts', 'opportunities', 'satisfaction', 'reporting'].map((service) => [`KEYFOLD_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[0]}`])),
  };
  await setUpDeployment(env);
  processes = await Promise.all(ports.map((port) => ServiceUnderTest.start({ main: 'services/accounts/src/main.ts', env, port, readyWithinMs: 120_000 })));
  await given(DEMO_TEAM.map(({ memberId, role, user }) => ['team-members', 'onboard', memberId, { name: user, role, managerId: user === 'director' ? null : directorId }]));
}, 180_000);

afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill()));
  issuer.close();
  await Promise.all([mongo.drop(), kafka.deleteTopics()]);
}, 60_000);

describe('two clients at two processes', () => {
  it('give no manager more accounts of tier A than the policy allows', async () => {
    const ids = Array.from({ length: LIMIT + 2 }, (_, i) => `seat-${i}`);
    await given([member('seats')]);
    await given(ids.flatMap((id): Line[] => [account(id), owned(id, 'seats'), ['key-accounts', 'score', id, SCORE]]));
    const qualify = (id: string): Say => [`key-accounts/${id}/qualify`, { tier: 'A', reason: 'strategic' }];
    for (const id of ids.slice(3)) await done(...qualify(id));
    for (const round of rounds) {
      const answers = await race(round, ...ids.slice(0, 3).map(qualify));
      expect(outcomes(answers)).toEqual(['done', 'tier-a-limit', 'tier-a-limit']);
      await done(`key-accounts/${taken(answers).body.id}/disqualify`, { reason: 'another round' });
    }
    const qualified = (await Promise.all(ids.slice(0, 3).map((id) => logOf(`account-${id}`)))).flat().filter(({ type }) => type === 'accounts.key-account.qualified');
    expect(qualified).toHaveLength(ROUNDS);
  });

  it('leave an account one owner after the other, without a gap and without two', async () => {
    await given(['first', 'second', 'third'].map(member));
    await given(rounds.flatMap((round): Line[] => [account(`handed-${round}`), owned(`handed-${round}`, 'first')]));
    const said: Answer[][] = [];
    for (const round of rounds) {
      const path = `key-accounts/handed-${round}/hand-over`;
      const answers = await race(round, [path, { toOwnerId: 'second', effectiveOn: addDays(TODAY, 1), reason: 'territory' }], [path, { toOwnerId: 'third', effectiveOn: addDays(TODAY, 1 + (round % 3)), reason: 'leave' }]);
      said.push(answers.filter(({ status }) => status < 300));
    }
    for (const [round, answers] of said.entries()) {
      const log = await logOf(`account-handed-${round}`, Math.max(...answers.map(({ body }) => body.version)));
      const changes = log.filter(({ type }) => type === 'accounts.key-account.handed-over');
      expect(answers.length).toBeGreaterThan(0);
      expect(changes).toHaveLength(answers.length);
      expect(changes.map(({ data }) => data['fromOwnerId'])).toEqual(['first', ...changes.map(({ data }) => data['toOwnerId'])].slice(0, changes.length));
      expect(changes.map(({ occurredAt }) => occurredAt)).toEqual(changes.map(({ occurredAt }) => occurredAt).toSorted());
    }
  });

  it('close no circle of groups, and build no seventh level', async () => {
    await given(['x', 'y', 'a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c'].map(account));
    await given(['a', 'b'].flatMap((chain) => [below(`${chain}2`, `${chain}1`), below(`${chain}3`, `${chain}2`)]));
    const attach = (child: string, parentId: string): Say => [`key-accounts/${child}/attach-to-parent`, { parentId }];
    for (const round of rounds)
      for (const [edges, refusal] of [[[attach('x', 'y'), attach('y', 'x')], 'hierarchy-cycle'], [[attach('b1', 'a3'), attach('c', 'b3')], 'hierarchy-too-deep']] as const) {
        const answers = await race(round, ...edges);
        expect(outcomes(answers)).toEqual(['done', refusal]);
        await done(`key-accounts/${taken(answers).body.id}/detach-from-parent`, { reason: 'another round' });
      }
    const attached = (await Promise.all(['x', 'y', 'b1', 'c'].map((id) => logOf(`account-${id}`)))).flat().filter(({ type }) => type === 'accounts.key-account.attached-to-parent');
    expect(attached).toHaveLength(2 * ROUNDS);
  });

  it('commit no more of a budget than there is', async () => {
    const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });
    const year = Number(TODAY.slice(0, 4));
    const axes = { axes: [{ code: 'circular', label: { en: 'Circular economy', fr: 'Économie circulaire' } }] };
    await done('policies/strategic-axes--default/publish-strategic-axes', { validFrom: '2020-01-01', reason: 'New strategy', content: axes });
    const accountId = await done('key-accounts', { name: 'Budgeted' }, 'kam');
    const planId = await done('marketing-plans', { accountId, title: 'Fleet', fiscalYear: year, currency: 'EUR' }, 'kam');
    const step = (name: string, body: object = {}, user = 'kam') => done(`marketing-plans/${planId}/${name}`, body, user);
    await step('align-with-axis', { axisCode: 'circular' });
    await step('define-strategy', { ambition: 'Known', audience: 'Fleet managers', proposition: 'Cheaper per km', levers: ['digital'] });
    await step('set-objective', { objectiveId: 'leads', kind: 'demand', title: 'Quotes', metric: 'leads', unit: 'count', baseline: 4, target: 12, dueOn: `${year + 1}-12-31`, ownerId: memberIdOf('kam') });
    await step('allocate-budget', { lineId: 'events', label: 'Events', category: 'events', amount: eur(100) });
    await step('submit');
    await step('approve', {}, 'director');
    await step('activate');
    for (const round of rounds) {
      await step('raise-budget', { lineId: 'events', ceiling: eur(1_000 * (round + 1)), reason: 'Another date' }, 'director');
      const stands = Array.from({ length: 4 }, (_, i): Say => [`marketing-plans/${planId}/commit-spend`, { commitmentId: `c-${round}-${i}`, lineId: 'events', amount: eur(1_000), description: 'Stand' }, i % 2 ? 'kam' : 'director']);
      const answers = await race(round, ...stands);
      expect(outcomes(answers)).toEqual(['done', 'marketing-budget-exceeded', 'marketing-budget-exceeded', 'marketing-budget-exceeded']);
      const log = await logOf(`mktplan-${planId}`, Math.max(...answers.flatMap(({ status, body }) => (status < 300 ? [body.version] : []))));
      expect(log.filter(({ type }) => type.endsWith('spend-committed'))).toHaveLength(round + 1);
    }
  });

  it('let nobody leave who is given an account', async () => {
    await given(rounds.flatMap((round) => [member(`leaver-${round}`), account(`entrusted-${round}`)]));
    const lastDay = addDays(TODAY, 30);
    for (const round of rounds) {
      const answers = await race(
        round,
        [`team-members/leaver-${round}/offboard`, { lastDay, cause: 'resigned', reason: 'another company' }, 'hr'],
        [`key-accounts/entrusted-${round}/assign-owner`, { ownerId: `leaver-${round}` }],
      );
      expect(outcomes(answers)).toEqual(['done', expect.stringMatching(/^(member-(offboarded|leaving)|portfolio-(changing|not-handed-over))$/)]);
    }
    for (const round of rounds) {
      const [left, entrusted] = await Promise.all([logOf(`member-leaver-${round}`), logOf(`account-entrusted-${round}`)]);
      expect([left.some(({ type }) => type.endsWith('.offboarded')), entrusted.some(({ type }) => type.endsWith('.owner-assigned'))].filter(Boolean)).toHaveLength(1);
    }
  });

  it('grant no member more roles than there may be', async () => {
    const grant = (day: number): Say => ['team-members/guest/grant-role', { role: 'consultant', until: addDays(TODAY, day), reason: 'review' }];
    await given([member('guest')]);
    for (let day = 1; day < GRANTS; day++) await done(...grant(day));
    for (const round of rounds) {
      const answers = await race(round, grant(40), grant(41));
      expect(outcomes(answers)).toEqual(['done', 'grants-too-many']);
      const granted = (await logOf('member-guest', taken(answers).body.version)).at(-1)!;
      await done('team-members/guest/revoke-role', { grantId: granted.data['grantId'], reason: 'another round' });
    }
  });

  it('make no circle of reporting lines', async () => {
    const accountId = await done('key-accounts', { name: 'Circle' }, 'kam');
    const [ann, bob] = [await done('stakeholders', { accountId, name: 'Ann' }, 'kam'), await done('stakeholders', { accountId, name: 'Bob' }, 'kam')];
    const line = (stakeholderId: string, managerId: string | null): Say => [`relationship-maps/${accountId}/set-reporting-line`, { stakeholderId, managerId }, 'kam'];
    for (const round of rounds) {
      const answers = await race(round, line(ann, bob), line(bob, ann));
      expect(outcomes(answers)).toEqual(['done', 'reporting-line-cycle']);
      await done(...line(answers[0]!.status < 300 ? ann : bob, null));
    }
  });
});
