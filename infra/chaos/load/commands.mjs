// What the clients of a run want: lives of offerings, deals, accounts and incidents, each a sequence of commands on one stream.
// Every command makes exactly one event, so that a stream's length says how many of them had an effect.

const EUR = (amountMinor) => ({ amountMinor, currency: 'EUR' });
const provenance = (id) => ({ source: 'chaos', entity: 'opportunities', rowKey: id, run: 'chaos' });

/** An offering whose name changes with every command. */
function* offering(id) {
  for (let i = 1; i <= 40; i++)
    yield {
      service: 'opportunities',
      stream: `offering-${id}`,
      aggregate: 'offerings',
      command: 'register',
      id,
      body: { name: `Offering ${i}` },
    };
}

/** A deal from its opening to its end, of which the pipeline figures are made. */
function* deal(id, random) {
  const amount = EUR(100 + random.below(1_000_000));
  const on = (command, body) => ({ service: 'opportunities', stream: `opp-${id}`, aggregate: 'opportunities', command, id, body });
  yield on('record', { name: `Deal ${id}`, motion: 'hunting', stage: 'identified', amount, provenance: provenance(id) });
  if (random.next() < 0.1) return;
  yield on('advance', { to: random.pick(['qualified', 'solution', 'verbal']), expectedCloseOn: '2090-12-31' });
  if (random.next() < 0.2) return;
  yield on('advance', { to: 'negotiation', reason: 'chaos' });
  if (random.next() < 0.3) return;
  yield on('advance', { to: 'verbal' });
  yield random.next() < 0.5 ? on('win', { amount }) : on('lose', { reason: 'price' });
}

/** A client whose name changes: every service keeps a directory of them. */
function* account(id) {
  for (let i = 1; i <= 20; i++)
    yield {
      service: 'accounts',
      stream: `account-${id}`,
      aggregate: 'key-accounts',
      command: 'register-client',
      id,
      body: { name: `Client ${i}`, activeSince: '2020-01-01' },
    };
}

/** A P1 incident: the policy of another service makes one task of it. */
function* incident(id) {
  const body = { accountId: FIRST_ACCOUNT, title: `Line ${id} is down`, impact: 'high', urgency: 'high' };
  yield { service: 'satisfaction', stream: `incident-${id}`, aggregate: 'incidents', command: null, id, body };
}

/** The account on which the incidents are reported; made before the load begins. */
export const FIRST_ACCOUNT = 'chaos-acme';
export const firstAccount = {
  aggregate: 'key-accounts',
  command: 'register-client',
  id: FIRST_ACCOUNT,
  body: { name: 'Acme', activeSince: '2020-01-01' },
};

/** Lives by service, with their shares of a service's commands. */
export const MIX = {
  opportunities: [
    [offering, 0.6],
    [deal, 0.4],
  ],
  accounts: [[account, 1]],
  satisfaction: [[incident, 1]],
};

/** So many commands of a service at most go into one request: an incident asks other streams before and after it is reported. */
export const LARGEST_BATCH = { opportunities: 500, accounts: 100, satisfaction: 5 };

/** Shares of the requests by service; accounts and incidents cost several services work each. */
export const SHARES = [
  ['opportunities', 0.86],
  ['accounts', 0.1],
  ['satisfaction', 0.04],
];

/** One of `[value, share]` by its share. */
export function drawn(random, shares) {
  let left = random.next();
  for (const [value, share] of shares) if ((left -= share) < 0) return value;
  return shares[0][0];
}
