// What a bench of accounts begins with: so many of them, with owners, groups, people and plans, told over HTTP.
import { log } from './lib/report.mjs';

/** As many at every size: it is the number of accounts that grows, not a manager's work. */
const ACCOUNTS_PER_MANAGER = 50;
const BULK = 500;
const IN_FLIGHT = 4;
const PERSON_EVERY = 2;
const PLAN_EVERY = 5;
const YEAR = new Date().getFullYear();
const KAM_ACCOUNTS = 40;

export const idOf = (number) => `account-${number}`;
export const nameOf = (number) => `Client ${String((number * 7_919) % 1_000_003).padStart(7, '0')}`;

export const managersOf = (size) => Array.from({ length: Math.ceil(size / ACCOUNTS_PER_MANAGER) }, (_, i) => `member-${i}`);

/** Resolves when all is in the log; the read models follow. */
export async function fill({ api }, token, size, people) {
  const lineOf = (aggregate, command, id, body) => JSON.stringify({ aggregate, command, id, commandId: `${command}-${id}`, body });
  /** What there was no time for is sent again: under its command id it is done once. */
  const send = async (lines) => {
    for (let left = lines; left.length > 0; ) {
      const answer = await api.fetch('/api/accounts/bulk', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }, body: left.join('\n'), signal: AbortSignal.timeout(120_000) });
      const results = (await answer.text()).trim().split('\n').map((line) => JSON.parse(line));
      const refused = results.find(({ status }) => status >= 300 && status !== 503);
      if (!answer.ok || refused) throw new Error(`a line was refused: ${JSON.stringify(refused)}`);
      left = left.filter((_line, i) => results.some(({ index, status }) => index === i && status === 503));
    }
  };
  const members = managersOf(size);
  await send([lineOf('team-members', 'onboard', people.director, { name: 'Dora', role: 'director' })]);
  const onboarded = [people.kam, ...members].map((id) => lineOf('team-members', 'onboard', id, { name: id, role: 'kam', managerId: people.director }));
  for (let from = 0; from < onboarded.length; from += BULK) await send(onboarded.slice(from, from + BULK));
  const begun = performance.now();
  /** In parts, several at a time. */
  const each = async (what, lines) => {
    let next = 0;
    const lane = async () => {
      while (next < size) {
        const from = next;
        next += BULK / 2;
        await send(Array.from({ length: Math.min(BULK / 2, size - from) }, (_, i) => from + i).flatMap(lines));
        if (Math.floor(from / 10_000) !== Math.floor((from + BULK / 2) / 10_000)) log(`${what} of ${next} accounts, ${Math.round((next / (performance.now() - begun)) * 1_000)} a second`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  };
  await each('names and owners', (number) => [
    lineOf('key-accounts', 'register-client', idOf(number), { name: nameOf(number), activeSince: '2024-01-01' }),
    lineOf('key-accounts', 'assign-owner', idOf(number), { ownerId: number < KAM_ACCOUNTS ? people.kam : members[number % members.length] }),
  ]);
  while (!(await everything(api, token, size))); // who may say what of an account is looked up in a read model
  await each('people and plans', (number) => [
    ...(number % PERSON_EVERY === 0 ? [lineOf('stakeholders', 'register', `person-${number}`, { accountId: idOf(number), name: `Person ${number}` })] : []),
    ...(number % PLAN_EVERY === 0 ? [lineOf('account-plans', 'draft', `plan-${number}`, { accountId: idOf(number), fiscalYear: YEAR, currency: 'EUR' })] : []),
  ]);
  log(`${size} accounts filled, ${Math.round((performance.now() - begun) / 1_000)} s`);
  const children = Array.from({ length: Math.floor(size / 20) }, (_, i) => 20 * i + 19);
  for (let i = 0; i < children.length; i += BULK) await send(children.slice(i, i + BULK).map((number) => lineOf('key-accounts', 'attach-to-parent', idOf(number), { parentId: idOf(number - 1) })));
}

/** Whether the lists have settled: the newest account of every hundredth is there. */
async function everything(api, token, size) {
  for (let number = 0; number < size; number += Math.max(1, Math.floor(size / 100)))
    if (!(await api.fetch(`/api/accounts/key-accounts/${idOf(number)}`, { headers: { authorization: `Bearer ${token}` } })).ok) return false;
  return true;
}
