import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, demoPerson } from '@keyfold/platform';
import { eventually } from '@keyfold/testing';
import { Demo } from './demo.js';

const [KARIM, SOFIA] = ['kam', 'kam2'].map((user) => demoPerson(user)!.memberId!) as [string, string];

const TODAY = new Date().toISOString().slice(0, 10);

let demo: Demo;

const call = <T = { id: string; version: number }>(user: string, path: string, body?: object, language = 'en') => demo.call<T>(user, path, body, { 'accept-language': language });

/** A command that must be taken. */
async function tell(user: string, path: string, body: object): Promise<string> {
  const answer = await call(user, `accounts/${path}`, body);
  expect([path, answer.status < 300 ? 'taken' : answer.body]).toEqual([path, 'taken']);
  return answer.body.id;
}

async function ask<T>(user: string, path: string): Promise<T> {
  const { status, body } = await call<T>(user, path);
  expect([path, status]).toEqual([path, 200]);
  return body;
}

async function client(name: string, ownerId = KARIM): Promise<string> {
  const id = `${name.toLowerCase()}-${Object.keys(made).length}`;
  made[id] = name;
  await tell('director', `key-accounts/${id}/register-client`, { name, activeSince: '2024-01-01' });
  await tell('director', `key-accounts/${id}/assign-owner`, { ownerId });
  return id;
}
const made: Record<string, string> = {};

interface Account {
  readonly status: string;
  readonly tier: string | null;
  readonly ownerId: string | null;
  readonly parentId: string | null;
  readonly tierRequest: { readonly requestId: string } | null;
  readonly version: number;
}

const account = (id: string) => ask<Account>('auditor', `accounts/key-accounts/${id}`);

beforeAll(async () => {
  demo = await Demo.open();
});
afterAll(() => demo.close());

describe('the way from a prospect to a key account', () => {
  it('goes over the list of targets and a first exchange to a contract, and no other way', async () => {
    const { body } = await call('kam', 'accounts/key-accounts', { name: 'Vega' });
    const path = `accounts/key-accounts/${body.id}`;
    expect((await call('kam', `${path}/engage`, { on: '2026-01-15' })).body.code).toBe('account-not-targeted');
    await tell('kam', `key-accounts/${body.id}/nominate`, { reason: 'Tender in spring' });
    await tell('kam', `key-accounts/${body.id}/engage`, { on: '2026-01-15', note: 'First visit' });
    const board = await eventually(async () => {
      const seen = await ask<{ columns: { column: string; cards: { id: string }[] }[] }>('kam', 'accounts/hunting-board');
      expect(seen.columns.find(({ column }) => column === 'engaged')!.cards.map(({ id }) => id)).toContain(body.id);
      return seen;
    });
    expect(board.columns.map(({ column }) => column)).toEqual(['prospect', 'targeted', 'engaged']);
    expect((await call('director', `${path}/activate`, { contractId: 'c1', since: '2026-02-01' })).status).toBe(403);
    expect((await call('service', `${path}/activate`, { contractId: 'c1', since: '2026-02-01' })).status).toBe(200);
    await eventually(async () => expect(await account(body.id)).toMatchObject({ status: 'active', ownerId: KARIM }));
    expect((await call('kam', `${path}/make-dormant`, { reason: 'Quiet' })).body.code).toBe('account-revenue-recent');
    const closed = (language: string) => call('director', `${path}/request-closure`, { reason: 'Wound up' }, language);
    expect([(await closed('en')).body.title, (await closed('fr')).body.title]).toEqual(['Make the account dormant before you close it.', 'Mettez le compte en sommeil avant de le clore.']);
    await tell('director', `key-accounts/${body.id}/make-dormant`, { reason: 'Wound up' });
    await tell('director', `key-accounts/${body.id}/request-closure`, { reason: 'Wound up' });
  });

  it('ends in sleep by what the deals say, whatever its manager does', async () => {
    const [sold, twin, recent] = [await client('Corvus'), await client('Corvinus'), 'orion'];
    await tell('director', `key-accounts/${recent}/register-client`, { name: 'Orion', activeSince: addDays(TODAY, -30) });
    await tell('director', `key-accounts/${recent}/assign-owner`, { ownerId: KARIM });
    const sleep = (user: string, id: string, lastRevenueOn: string) => call(user, `accounts/key-accounts/${id}/make-dormant`, { reason: 'Quiet', lastRevenueOn });
    const rehearsed = async (id: string) => {
      const line = { aggregate: 'key-accounts', command: 'make-dormant', id, body: { reason: 'Quiet', lastRevenueOn: '2024-06-30' } };
      const { body } = await demo.call<{ problem?: { code: string } }>('kam', 'accounts/bulk?dryRun=true', line, { 'content-type': 'application/x-ndjson' });
      return body.problem?.code;
    };
    const outcome = { result: 'won', closedOn: addDays(TODAY, -10), amount: { amountMinor: 500, currency: 'EUR' } };
    const provenance = { source: 'test', entity: 'deals', rowKey: 'corvus', run: 'r1' };
    const deal = { accountId: twin, name: 'Corvus', ownerId: KARIM, motion: 'expansion', stage: 'verbal', openedOn: '2024-02-01', outcome, provenance };
    await eventually(async () => expect((await call('director', 'opportunities/opportunities/corvus-deal/record', deal)).status).toBeLessThan(300));
    await tell('director', `key-accounts/${twin}/merge`, { successorId: sold, reason: 'Registered twice' });
    expect((await sleep('kam', recent, '2020-01-01')).body.code).toBe('account-revenue-recent');
    expect((await sleep('director', sold, addDays(TODAY, 2))).body.code).toBe('account-day-to-come');
    await eventually(async () => expect(await rehearsed(sold)).toBe('account-revenue-recent'));
    expect((await sleep('kam', sold, '2024-06-30')).body.code).toBe('account-revenue-recent');
    expect((await sleep('director', sold, '2024-06-30')).status).toBe(200);
  });

  it('takes a score and the approval of somebody else', async () => {
    const id = await client('Lyra');
    const path = `accounts/key-accounts/${id}`;
    const points = ['revenue', 'growth', 'strategic-fit', 'relationship', 'reputation'].map((criterion) => ({ criterion, points: 8 }));
    for (const command of ['request-tier', 'qualify']) expect((await call('director', `${path}/${command}`, { tier: 'B', reason: 'Growing' })).body.code).toBe('tier-score-missing');
    await tell('kam', `key-accounts/${id}/score`, { points });
    await tell('director', `key-accounts/${id}/request-tier`, { tier: 'B', reason: 'Growing' });
    const { tierRequest } = await eventually(async () => {
      const seen = await account(id);
      expect(seen.tierRequest).not.toBeNull();
      return seen;
    });
    const own = (language: string) => call('director', `${path}/approve-tier`, { requestId: tierRequest!.requestId }, language);
    const [english, french] = [await own('en'), await own('fr')];
    expect([english.status, english.body.code, french.body.code]).toEqual([422, 'tier-request-own', 'tier-request-own']);
    expect([english.body.title, french.body.title]).toEqual(['Somebody else than the requester decides.', 'La décision revient à quelqu’un d’autre que le demandeur.']);
  });

  it('is nobody else’s business', async () => {
    const id = await client('Orion');
    await eventually(() => account(id));
    for (const path of [`accounts/key-accounts/${id}`, `accounts/account-trees/${id}`, `accounts/raci-matrices/${id}`, `accounts/portfolio-summaries/${KARIM}`]) expect([path, (await call('kam2', path)).status]).toEqual([path, 404]);
    expect((await call('kam2', `accounts/key-accounts/${id}/nominate`, { reason: 'Mine' })).status).toBe(404);
    expect((await call('kam2', `accounts/portfolios/${KARIM}/weigh-account`, { accountId: id, weightPercent: 10 })).status).toBe(404);
  });
});

describe('the authority matrix', () => {
  const grantedBy = async (query: string) => (await ask<{ grantedBy: string[] | null }>('kam', `accounts/authority-lookup?${query}`)).grantedBy;

  it('says who may grant a discount, by the policy of the day', async () => {
    expect([await grantedBy('discountPercent=10'), await grantedBy('discountPercent=20.5'), await grantedBy('')]).toEqual([['kam'], ['director', 'finance'], null]);
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await tell('director', 'policies/authority--default/publish-authority', { validFrom: soon, reason: 'Margins', content: { discountPercent: { team: 1, kam: 2, director: 30 } } });
    expect([await grantedBy('discountPercent=10'), await grantedBy(`discountPercent=10&on=${soon}`)]).toEqual([['kam'], ['director']]);
  });
});

describe('a group', () => {
  interface Tree {
    readonly ancestors: readonly { readonly id: string }[];
    readonly nodes: readonly { readonly id: string; readonly parentId: string | null }[];
  }
  const below = async (id: string, asOf?: string): Promise<string[]> =>
    (await ask<Tree>('auditor', `accounts/account-trees/${id}${asOf ? `?asOf=${asOf}` : ''}`)).nodes.map((node) => node.id);

  it('has been what it was on each day, also after an account was moved in the past', async () => {
    const [group, other, unit] = [await client('Atlas'), await client('Borea'), await client('Cyane')];
    await tell('director', `key-accounts/${unit}/attach-to-parent`, { parentId: group, effectiveFrom: '2025-01-01' });
    await tell('director', `key-accounts/${unit}/attach-to-parent`, { parentId: other, effectiveFrom: '2025-06-01' });
    await eventually(async () => expect(await below(other)).toEqual([other, unit]));
    expect([await below(group), await below(group, '2025-05-31'), await below(other, '2025-05-31'), await below(group, '2024-12-31')]).toEqual([[group], [group, unit], [other], [group]]);
    expect((await call('director', `accounts/key-accounts/${group}/attach-to-parent`, { parentId: unit, effectiveFrom: '2025-03-01' })).body.code).toBe('hierarchy-cycle');
    await tell('director', `key-accounts/${group}/attach-to-parent`, { parentId: unit, effectiveFrom: '2025-06-01' });
    await eventually(async () => expect(await below(other)).toEqual([other, unit, group]));
  });

  it('adds up as it was on a day, as it was known at an instant', async () => {
    interface Rollup {
      readonly nodes: readonly { readonly id: string; readonly total: { readonly wonDeals: number; readonly wonValue: readonly { readonly amountMinor: number }[] } }[];
    }
    const [group, other, unit] = [await client('Kronos'), await client('Lethe'), await client('Metis')];
    await tell('director', `key-accounts/${unit}/attach-to-parent`, { parentId: group, effectiveFrom: '2025-01-01' });
    const deal = { accountId: unit, name: 'Fleet', ownerId: KARIM, motion: 'expansion', stage: 'qualified', openedOn: '2025-01-10', provenance: { source: 'test', entity: 'deals', rowKey: 'metis', run: 'r1' } };
    const outcome = { result: 'won', closedOn: '2025-02-10', amount: { amountMinor: 500, currency: 'EUR' } };
    expect((await call('director', 'opportunities/opportunities/metis-deal/record', { ...deal, outcome })).status).toBeLessThan(300);
    const sums = async (id: string, point: string): Promise<(number | undefined)[]> => {
      const { nodes } = await ask<Rollup>('director', `reporting/global-account-rollups/${id}?${point}`);
      return nodes.map(({ total }) => total.wonValue[0]?.amountMinor);
    };
    await eventually(async () => expect(await sums(group, 'asOf=2025-12-31')).toEqual([500, 500]));
    const known = new Date().toISOString();
    await tell('director', `key-accounts/${unit}/attach-to-parent`, { parentId: other, effectiveFrom: '2025-06-01' });
    await eventually(async () => expect(await sums(other, 'asOf=2025-06-01')).toEqual([500, 500]));
    expect([await sums(group, 'asOf=2025-05-31'), await sums(group, 'asOf=2025-06-01'), await sums(group, `asOf=2025-06-01&knownOn=${known}`)]).toEqual([[500, 500], [undefined], [500, 500]]);
    await tell('director', `key-accounts/${other}/merge`, { successorId: group, reason: 'Registered twice' });
    await eventually(async () => expect(await sums(group, '')).toEqual([500, 500]));
    expect([await sums(other, ''), await sums(other, 'asOf=2025-12-31')]).toEqual([[], [500, 500]]);
    const { concentration } = await ask<{ concentration: { hhi: number; curve: { id: string }[] } }>('director', 'reporting/concentration-curve?asOf=2025-02-10&months=1');
    expect(concentration.curve.map(({ id }) => id)).toContain(group);
    expect(concentration.hhi).toBeLessThanOrEqual(10_000);
    expect((await call('kam2', `reporting/global-account-rollups/${group}`)).status).toBe(404);
  });

  it('asked by two clients for the two halves of a circle takes one, on whatever days', async () => {
    const [a, b] = [await client('Delos'), await client('Ennea')];
    const answers = await Promise.all([
      call('director', `accounts/key-accounts/${a}/attach-to-parent`, { parentId: b, effectiveFrom: '2025-02-01' }),
      call('director', `accounts/key-accounts/${b}/attach-to-parent`, { parentId: a, effectiveFrom: '2025-01-01' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 422]);
  });

  it('keeps the children of a duplicate under its successor', async () => {
    const [winner, loser, child] = [await client('Faros'), await client('Faro'), await client('Gaia')];
    await tell('director', `key-accounts/${child}/attach-to-parent`, { parentId: loser, effectiveFrom: '2025-01-01' });
    await tell('director', `key-accounts/${loser}/merge`, { successorId: winner, reason: 'Registered twice' });
    await eventually(async () => expect(await below(winner)).toEqual([winner, child]));
    expect(await account(loser)).toMatchObject({ status: 'merged', successorId: winner });
    expect((await call('director', `accounts/key-accounts/${loser}/merge`, { successorId: child, reason: 'x' })).body.code).toBe('account-merged');
    expect((await call('director', `accounts/key-accounts/${winner}/merge`, { successorId: loser, reason: 'x' })).body.code).toBe('merge-successor-closed');
    expect((await call('director', `accounts/key-accounts/${child}/attach-to-parent`, { parentId: loser })).body.code).toBe('parent-unavailable');
  });

  it('merged by two clients into each other is one account', async () => {
    const [a, b] = [await client('Helios'), await client('Icaro')];
    const answers = await Promise.all([
      call('director', `accounts/key-accounts/${a}/merge`, { successorId: b, reason: 'Same' }),
      call('director', `accounts/key-accounts/${b}/merge`, { successorId: a, reason: 'Same' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 422]);
    const states = await Promise.all([a, b].map(account));
    expect(states.map(({ status }) => status).toSorted()).toEqual(['active', 'merged']);
  });
});

describe('the team of an account', () => {
  it('has one person who answers for each thing, also when two are named at once', async () => {
    const id = await client('Juno');
    await tell('director', `key-accounts/${id}/add-team-member`, { memberId: SOFIA, role: 'other', access: 'edit' });
    const assign = (memberId: string) => call('kam', `accounts/key-accounts/${id}/assign-raci`, { deliverable: 'renewal', memberId, letter: 'A' });
    const answers = await Promise.all([assign(KARIM), assign(SOFIA)]);
    expect(answers.map(({ status }) => status).toSorted((x, y) => x - y)).toEqual([200, 422]);
    const matrix = await eventually(async () => {
      const seen = await ask<{ members: { memberId: string; role: string }[]; deliverables: { deliverable: string; accountable: string | null }[] }>('kam2', `accounts/raci-matrices/${id}`);
      expect(seen.deliverables.find(({ deliverable }) => deliverable === 'renewal')!.accountable).not.toBeNull();
      return seen;
    });
    expect(matrix.members).toEqual([expect.objectContaining({ memberId: KARIM, role: 'owner' }), expect.objectContaining({ memberId: SOFIA, role: 'other' })]);
    expect(matrix.deliverables.find(({ deliverable }) => deliverable === 'contract')!.accountable).toBeNull();
  });
});

describe('a portfolio', () => {
  interface Summary {
    readonly accounts: readonly { readonly id: string; readonly weightPercent: number | null }[];
    readonly tiers: Readonly<Record<string, number>>;
  }
  interface Portfolio {
    readonly handover: { readonly handoverId: string; readonly state: string; readonly done: readonly string[]; readonly refused: Readonly<Record<string, string>> } | null;
  }
  const summary = (memberId: string, asOf = '') => ask<Summary>('director', `accounts/portfolio-summaries/${memberId}${asOf}`);
  const handoverOf = (memberId: string, state: string) =>
    eventually(async () => {
      const { handover } = await ask<Portfolio>('director', `accounts/portfolios/${memberId}`);
      expect(handover?.state).toBe(state);
      return handover!;
    });

  async function member(id: string): Promise<string> {
    await tell('director', `team-members/${id}/onboard`, { name: id, role: 'kam', managerId: demoPerson('director')!.memberId });
    return id;
  }

  it('follows the owners of its accounts', async () => {
    const [before, after] = [await member('nora'), await member('omar')];
    const id = await client('Kepler', before);
    await eventually(async () => expect((await summary(before)).accounts.map((one) => one.id)).toEqual([id]));
    await tell('director', `portfolios/${before}/weigh-account`, { accountId: id, weightPercent: 40 });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await tell('director', `key-accounts/${id}/hand-over`, { toOwnerId: after, effectiveOn: yesterday, reason: 'New territory' });
    await eventually(async () => expect((await summary(after)).accounts.map((one) => one.id)).toEqual([id]));
    expect([(await summary(before)).accounts, (await summary(before, '?asOf=2024-06-30')).accounts]).toEqual([[], [expect.objectContaining({ id, weightPercent: 40 })]]);
  });

  it('leaves the successor the story of each account', async () => {
    const [id, child] = [await client('Rigel'), await client('Sirius')];
    await tell('director', `key-accounts/${child}/attach-to-parent`, { parentId: id });
    await tell('kam', 'tasks', { accountId: id, title: 'Call back' });
    await tell('kam', `stakeholders/rigel-buyer/register`, { accountId: id, name: 'Claire Morel' });
    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    await tell('director', `key-accounts/${id}/hand-over`, { toOwnerId: SOFIA, effectiveOn: tomorrow, reason: 'New territory' });
    await eventually(async () =>
      expect(await ask('kam', `accounts/handover-packs/${id}`)).toMatchObject({
        account: { name: 'Rigel', status: 'active' },
        ownership: { owner: { memberId: KARIM, name: 'Karim Benali' }, before: null, next: { memberId: SOFIA, from: tomorrow } },
        group: { parent: null, children: [{ id: child, name: 'Sirius' }] },
        people: [{ id: 'rigel-buyer', name: 'Claire Morel' }],
        openTasks: [{ matter: { params: { title: 'Call back' } } }],
        engagement: { lastTouchpoints: [], openFollowUps: [] },
      }),
    );
    expect((await call('kam2', `accounts/handover-packs/${id}`)).status).toBe(404);
    expect((await call('bi', `accounts/handover-packs/${id}`)).status).toBe(403);
  });

  it('keeps an account whose handover was cancelled before its day, which another one takes then', async () => {
    const [before, after] = [await member('uma'), await member('vera')];
    const id = await client('Tucana', before);
    const farAhead = addDays(TODAY, 3_650);
    await eventually(async () => expect((await summary(before)).accounts).toHaveLength(1));
    await tell('director', `portfolios/${before}/weigh-account`, { accountId: id, weightPercent: 40 });
    await tell('director', `key-accounts/${id}/hand-over`, { toOwnerId: after, effectiveOn: farAhead, reason: 'New territory' });
    await eventually(async () => expect((await summary(after, `?asOf=${farAhead}`)).accounts.map((one) => one.id)).toEqual([id]));
    expect(await account(id)).toMatchObject({ ownerId: after, handover: { on: farAhead, fromOwnerId: before, fromOwnerName: 'uma' } });
    const cancel = (effectiveOn: string, user = 'director', language = 'en') => call(user, `accounts/key-accounts/${id}/cancel-handover`, { effectiveOn, reason: 'Ten years too late' }, language);
    expect([(await cancel(TODAY)).body.title, (await cancel(TODAY, 'director', 'fr')).body.title]).toEqual([`No handover of this account is to come on ${TODAY}.`, `Aucune passation de ce compte n'est prévue le ${TODAY}.`]);
    expect((await cancel(farAhead, 'kam')).status).toBe(403);

    const handOver = (effectiveOn: string) => call('director', `accounts/key-accounts/${id}/hand-over`, { toOwnerId: SOFIA, effectiveOn, reason: 'New territory' });
    const soon = addDays(TODAY, 7);
    expect((await handOver(addDays(farAhead, 1))).body.code).toBe('handover-to-come');
    expect((await Promise.all([cancel(farAhead), cancel(farAhead)])).map(({ status }) => status)).toEqual([200, 200]);
    expect(await account(id)).toMatchObject({ ownerId: before, handover: null });
    await eventually(async () =>
      expect([(await summary(before, `?asOf=${farAhead}`)).accounts, (await summary(after, `?asOf=${farAhead}`)).accounts]).toEqual([[expect.objectContaining({ id, weightPercent: 40, until: null })], []]),
    );
    const ownersThen = async () => (await ask<{ items: { id: string; ownerId: string }[] }>('director', `reporting/portfolio?asOf=${farAhead}&limit=200`)).items.filter((one) => one.id === id).map(({ ownerId }) => ownerId);
    await eventually(async () => expect(await ownersThen()).toEqual([before]));
    expect((await handOver(soon)).status).toBe(200);
    await eventually(async () => expect((await summary(before, `?asOf=${farAhead}`)).accounts).toEqual([]));
    expect((await summary(before)).accounts).toEqual([expect.objectContaining({ id, until: soon })]);
  });

  it('goes to a successor as a whole; what stood in the way is named, and handed over when it is out of the way', async () => {
    const [leaver, successor] = [await member('pia'), await member('quentin')];
    const full = await Promise.all(Array.from({ length: 5 }, (_, i) => client(`Full${i}`, successor)));
    const ids = await Promise.all(['Lima', 'Mira', 'Nova'].map((name) => client(name, leaver)));
    for (const id of [...full, ids[0]!]) expect((await demo.qualified(id, 'A')).status).toBe(200);
    await eventually(async () => expect((await summary(leaver)).accounts).toHaveLength(3));

    const today = new Date().toISOString().slice(0, 10);
    expect((await call('director', `accounts/portfolios/${leaver}/hand-over`, { toMemberId: successor, effectiveOn: today, reason: 'Leaves' })).status).toBe(202);
    const stopped = await handoverOf(leaver, 'stopped');
    expect([stopped.refused, stopped.done.toSorted()]).toEqual([{ [ids[0]!]: 'tier-a-limit' }, ids.slice(1).toSorted()]);

    await tell('director', `key-accounts/${full[0]!}/disqualify`, { reason: 'Shrunk' });
    await tell('director', `portfolios/${leaver}/resume-handover`, { handoverId: stopped.handoverId });
    expect((await handoverOf(leaver, 'complete')).done).toHaveLength(3);
    for (const id of ids) await eventually(async () => expect(await account(id)).toMatchObject({ ownerId: successor }));
    await eventually(async () => expect([(await summary(leaver)).accounts, (await summary(successor)).tiers]).toEqual([[], { A: 5, B: 0, C: 0, none: 3 }]));
  });

  it('handed over by two clients at once ends with one owner and no gap', async () => {
    const [from, one, two] = [await member('rosa'), await member('sven'), await member('tara')];
    const ids = await Promise.all(['Opal', 'Pyrit', 'Quarz'].map((name) => client(name, from)));
    const today = new Date().toISOString().slice(0, 10);
    await eventually(async () => expect((await summary(from)).accounts).toHaveLength(3));
    await Promise.all([
      call('director', `accounts/portfolios/${from}/hand-over`, { toMemberId: one, effectiveOn: today, reason: 'Leaves' }),
      ...ids.map((id) => call('director', `accounts/key-accounts/${id}/hand-over`, { toOwnerId: two, effectiveOn: today, reason: 'Mine' })),
    ]);
    await eventually(async () => {
      const [left, right, rest] = await Promise.all([one, two, from].map(async (memberId) => (await call<Summary>('director', `accounts/portfolio-summaries/${memberId}`)).body.accounts ?? []));
      expect(rest).toEqual([]);
      expect([...left!, ...right!].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    });
  });
});
