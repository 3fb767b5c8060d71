import { DEMO_TEAM } from '@keyfold/platform';
import { eventually, type ServiceUnderTest } from '@keyfold/testing';

const usd = (amount: number) => ({ amountMinor: amount * 100, currency: 'USD' });
const member = (user: string): string => DEMO_TEAM.find((person) => person.user === user)!.memberId;
const provenance = (rowKey: string) => ({ source: 'test', entity: 'deal', rowKey, run: 'test' });

interface Line {
  readonly service: string;
  readonly aggregate: string;
  readonly command: string;
  readonly id: string;
  readonly body: object;
}

const client = (id: string, name: string, owner: string): Line[] => [
  { service: 'accounts', aggregate: 'key-accounts', command: 'register-client', id, body: { name, activeSince: '2012-01-01', profile: { sector: 'transport', country: 'France' } } },
  { service: 'accounts', aggregate: 'key-accounts', command: 'assign-owner', id, body: { ownerId: member(owner) } },
];

const deal = (id: string, accountId: string, name: string, rest: object): Line => ({
  service: 'opportunities',
  aggregate: 'opportunities',
  command: 'record',
  id,
  body: { accountId, name, ownerId: member('kam'), offeringId: null, motion: 'hunting', stage: 'identified', amount: null, openedOn: '2016-10-20', outcome: null, provenance: provenance(id), ...rest },
});

/** Two clients of two key account managers; on Northwind Rail one deal won before and one after the middle of 2017, one lost, three open. */
const LINES: readonly Line[] = [
  ...DEMO_TEAM.map(({ user, name, role, memberId }): Line => ({
    service: 'accounts',
    aggregate: 'team-members',
    command: 'onboard',
    id: memberId,
    body: { name, role, managerId: user === 'director' ? null : member('director'), region: 'West' },
  })),
  ...client('northwind', 'Northwind Rail', 'kam'),
  ...client('quayside', 'Quayside Foods', 'kam2'),
  deal('won-early', 'northwind', 'Signal audit', { stage: 'verbal', outcome: { result: 'won', closedOn: '2017-03-01', amount: usd(1_000) } }),
  deal('won-late', 'northwind', 'Signal rollout', { stage: 'verbal', openedOn: '2017-05-02', outcome: { result: 'won', closedOn: '2017-08-15', amount: usd(2_000) } }),
  deal('lost', 'northwind', 'Ticket machines', { openedOn: '2017-04-03', outcome: { result: 'lost', closedOn: '2017-05-31', reason: 'price' } }),
  deal('to-advance', 'northwind', 'Depot renewal', { openedOn: '2017-05-02' }),
  deal('to-lose', 'northwind', 'Platform screens', { openedOn: '2017-05-03' }),
  deal('to-keep', 'northwind', 'Track sensors', { openedOn: '2017-05-04', stage: 'proposal', amount: usd(5_000) }),
];

/** Sends the portfolio as commands, a line again while a service has not heard yet of what another took. */
export async function givePortfolio(keyfold: ServiceUnderTest): Promise<void> {
  const answer = await keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":"director"}' });
  const { token } = (await answer.json()) as { token: string };
  for (const { service, aggregate, command, id, body } of LINES) {
    await eventually(async () => {
      const taken = await keyfold.fetch(`/api/${service}/${aggregate}/${id}/${command}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!taken.ok) throw new Error(`${aggregate} ${id} ${command}: ${await taken.text()}`);
    });
  }
}
