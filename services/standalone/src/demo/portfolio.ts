import { DEFAULT_POLICIES, LOSS_REASONS, type Motion, STAGES, type Tier } from '@keyfold/contracts';
import { addDays, DEMO_TEAM } from '@keyfold/platform';
import { idOf, type Line, line, member, mulberry32, provenance, type Step } from './lines.js';
import { csrSteps } from './csr.js';
import { peopleSteps } from './people.js';
import { planSteps } from './plans.js';
import { teamSteps } from './team.js';
import { ACCOUNTS, INCIDENTS, OFFERINGS, TASKS } from './stories.js';

/**
 * The demo portfolio as commands, in the order of their services: the demo people, 12 accounts, 60 deals of the 24 months before `today`, incidents and tasks, the clients' people and
 * the contacts with them, plans, CSR scorecards and the team.
 * The same `today` gives the same lines.
 */
export function demoPortfolio(today: string): Step[] {
  return [
    { service: 'accounts', lines: teamLines() },
    { service: 'accounts', lines: grantLines(today) },
    { service: 'accounts', lines: accountLines(today) },
    { service: 'opportunities', lines: [...offeringLines(), ...dealLines(today)] },
    { service: 'satisfaction', lines: incidentLines() },
    { service: 'accounts', lines: taskLines(today) },
    ...peopleSteps(today),
    ...planSteps(today),
    ...csrSteps(today),
    ...teamSteps(today),
  ];
}

/** The director first: the others report to her. */
const teamLines = (): Line[] =>
  DEMO_TEAM.map(({ user, name, role, memberId }) =>
    line('team-members', 'onboard', memberId, { name, role, managerId: user === 'director' ? null : member('director'), region: user === 'kam2' ? 'Nord' : 'Sud', provenance: null }),
  );

/** Somebody from outside looks at everything for a quarter. */
const grantLines = (today: string): Line[] => [
  line('team-members', 'grant-role', member('consultant'), { role: 'consultant', until: addDays(today, 90), reason: 'Review of how the key accounts are served' }),
];

function accountLines(today: string): Line[] {
  return ACCOUNTS.flatMap(({ key, name, owner, tier, profile, clientForDays, parent }) => {
    const id = idOf('account', key);
    const known = clientForDays === null;
    return [
      known
        ? line('key-accounts', null, id, { name, profile })
        : line('key-accounts', 'register-client', id, { name, profile, activeSince: addDays(today, -clientForDays), provenance: provenance('account', key) }),
      ...(tier ? [line('key-accounts', 'score', id, { points: pointsFor(tier) }), line('key-accounts', 'qualify', id, { tier, reason: 'Annual review' })] : []),
      ...(owner ? [line('key-accounts', 'assign-owner', id, { ownerId: member(owner) })] : []),
      ...(parent ? [line('key-accounts', 'attach-to-parent', id, { parentId: idOf('account', parent) })] : []),
    ];
  });
}

/** As many as the tier takes, and a little more. */
const pointsFor = (tier: Tier) => DEFAULT_POLICIES.selection.criteria.map(({ code }, i) => ({ criterion: code, points: { A: 8, B: 6, C: 4 }[tier] + (i % 2) }));

const offeringLines = (): Line[] =>
  OFFERINGS.map(({ key, name, family, priceMinor }) =>
    line('offerings', 'register', idOf('offering', key), { name, family, listPrice: { amountMinor: priceMinor, currency: 'EUR' }, provenance: provenance('offering', key) }),
  );

const DEALS = 60;
const MOTIONS: readonly Motion[] = ['hunting', 'renewal', 'expansion', 'expansion'];

function dealLines(today: string): Line[] {
  const random = mulberry32(20_260_101);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const clients = ACCOUNTS.filter((account) => account.owner);
  return Array.from({ length: DEALS }, (_, i) => {
    const account = pick(clients);
    const offering = pick(OFFERINGS);
    const cycle = Math.round(30 + random() * 150);
    // Every third deal is still open; the closed ones lie spread over two years.
    const age = Math.round(i % 3 === 0 ? 5 + random() * (cycle - 10) : cycle + random() * (720 - cycle));
    const amount = { amountMinor: Math.round(offering.priceMinor * (0.6 + random() * 2.4)), currency: 'EUR' };
    const won = random() < 0.58;
    const reason = pick(LOSS_REASONS.slice(0, 6));
    const closed = cycle <= age ? addDays(today, cycle - age) : null;
    const stage = closed ? STAGES[STAGES.length - 1]! : STAGES[Math.min(STAGES.length - 1, Math.floor((age / cycle) * STAGES.length))]!;
    return line('opportunities', 'record', idOf('deal', i), {
      accountId: idOf('account', account.key),
      name: `${offering.name} – ${account.name}`,
      ownerId: member(account.owner!),
      offeringId: idOf('offering', offering.key),
      motion: pick(MOTIONS),
      stage,
      amount: i % 15 === 14 && !closed ? null : amount,
      openedOn: addDays(today, -age),
      outcome: closed && (won ? { result: 'won', closedOn: closed, amount } : { result: 'lost', closedOn: closed, reason }),
      provenance: provenance('deal', i),
    });
  });
}

const incidentLines = (): Line[] =>
  INCIDENTS.flatMap(({ account, title, impact, urgency, contact, then }, i) => {
    const id = idOf('incident', i);
    return [
      line('incidents', null, id, { accountId: idOf('account', account), title, impact, urgency, reporterContact: contact }),
      ...then.map(([command, body]) => line('incidents', command, id, body)),
    ];
  });

const taskLines = (today: string): Line[] =>
  TASKS.map(({ account, title, assignee, dueInDays }, i) =>
    line('tasks', null, idOf('task', i), { accountId: idOf('account', account), title, assigneeId: member(assignee), dueAt: `${addDays(today, dueInDays)}T16:00:00Z` }),
  );
