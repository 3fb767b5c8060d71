import {
  type AggregateContract,
  decider,
  defineContract,
  DomainError,
  type DomainEvent,
  ignored,
  policy,
  processContract,
  type ProcessManager,
  projection,
} from '@keyfold/event-sourcing';
import type { SimulatedWrite } from './other-streams.js';
import type { Workload } from './client.js';
import type { SimulatedService } from './service.js';

type AccountEvent =
  DomainEvent<'bank.account.deposited', { amount: number; bad?: boolean }> | DomainEvent<'bank.account.withdrawn', { amount: number }>;
type RegisterEvent = DomainEvent<'bank.register.entered', { entry: string }>;
type TaskEvent = DomainEvent<'desk.task.raised', { account: string; amount: number }> | DomainEvent<'desk.task.reminded', { of: string }>;

const accountContract = defineContract<AccountEvent>({
  service: 'bank',
  name: 'account',
  streamPrefix: 'account',
  events: { 'bank.account.deposited': { version: 1 }, 'bank.account.withdrawn': { version: 1 } },
});

const registerContract = defineContract<RegisterEvent>({
  service: 'bank',
  name: 'register',
  streamPrefix: 'register',
  events: { 'bank.register.entered': { version: 1 } },
});

const taskContract = defineContract<TaskEvent>({
  service: 'desk',
  name: 'task',
  streamPrefix: 'task',
  events: { 'desk.task.raised': { version: 1 }, 'desk.task.reminded': { version: 1 } },
});

const account = decider<number, AccountEvent>({
  contract: accountContract,
  initial: 0,
  evolve: (balance, fact) => {
    switch (fact.type) {
      case 'bank.account.deposited':
        return balance + fact.data.amount;
      case 'bank.account.withdrawn':
        return balance - fact.data.amount;
      default:
        return ignored(balance, fact);
    }
  },
});

const register = decider<readonly string[], RegisterEvent>({
  contract: registerContract,
  initial: [],
  evolve: (entries, { data }) => [...entries, data.entry],
});

/** A guard that many commands on many streams write to. */
const entered = (id: string, entry: string): SimulatedWrite => ({
  decider: register,
  id,
  decide: (entries: readonly string[]) => (entries.includes(entry) ? [] : [{ type: 'bank.register.entered', data: { entry } }]),
});

const task = decider<'none' | 'open' | 'reminded', TaskEvent>({
  contract: taskContract,
  initial: 'none',
  evolve: (_state, fact) => (fact.type === 'desk.task.raised' ? 'open' : 'reminded'),
  partitionKey: (first) => (first.type === 'desk.task.raised' ? first.data.account : null),
});

/** From this amount on somebody has to look at a deposit. */
const LARGE = 6;
const REMINDS_AFTER_MS = 1_500;

interface Balance {
  readonly id: string;
  readonly balance: number;
  readonly versions: readonly number[];
}

const desk: SimulatedService = {
  service: 'desk',
  contracts: [taskContract],
  commands: {
    'tasks/raise': {
      decider: task,
      decide: (state, body: { account: string; amount: number }) => {
        if (state !== 'none') throw new DomainError('task-exists');
        return [{ type: 'desk.task.raised', data: body }];
      },
    },
    // Done twice, it would be seen twice.
    'tasks/remind': {
      decider: task,
      decide: (state, body: { of: string }) => {
        if (state === 'none') throw new DomainError('no-such-task');
        return [{ type: 'desk.task.reminded', data: body }];
      },
    },
  },
  projections: [
    /** Two services and many streams in one row. */
    projection<{ id: string; deposits: number; raised: number; reminded: number }, AccountEvent | TaskEvent>({
      name: 'totals',
      version: 1,
      follows: [accountContract, taskContract],
      rowsOf: () => ['all'],
      fold: (row, event) => {
        const totals = row ?? { id: 'all', deposits: 0, raised: 0, reminded: 0 };
        if (event.type === 'bank.account.deposited') return { ...totals, deposits: totals.deposits + event.data.amount };
        if (event.type === 'desk.task.raised') return { ...totals, raised: totals.raised + 1 };
        return event.type === 'desk.task.reminded' ? { ...totals, reminded: totals.reminded + 1 } : totals;
      },
    }),
  ],
  policies: [
    policy<AccountEvent>({
      name: 'raise-task-when-much-is-deposited',
      follows: [accountContract],
      react: (event, derive) =>
        event.type === 'bank.account.deposited' && event.data.amount >= LARGE
          ? [{ name: 'tasks/raise', id: derive('task'), body: { account: event.partitionKey, amount: event.data.amount } }]
          : [],
    }),
  ],
  processes: [
    {
      name: 'task-reminder',
      contract: processContract('desk', 'task-reminder', 'overdue'),
      follows: [taskContract as AggregateContract],
      instanceOf: (event) => event.streamId.slice('task-'.length),
      initial: { reminded: false },
      evolve: (state, input) => (input.type === 'desk.task.reminded' ? { reminded: true } : state),
      react: (state, input, now) => {
        if (input.type === 'desk.task.raised') return [{ timer: 'remind', at: new Date(Date.parse(now) + REMINDS_AFTER_MS).toISOString() }];
        if (input.type !== 'timer-fired' || state.reminded) return [];
        return [{ step: 'remind', send: { name: 'tasks/remind', id: instanceIn(input.streamId), body: { of: 'time' } } }];
      },
    } satisfies ProcessManager<{ reminded: boolean }>,
  ],
};

const instanceIn = (streamId: string): string => streamId.slice('overdue-'.length);

/** A view with one row per stream, which cannot fold some events as long as it is not mended. */
const bank = (isMended: () => boolean): SimulatedService => ({
  service: 'bank',
  contracts: [accountContract, registerContract as AggregateContract<never>],
  commands: {
    'accounts/deposit': {
      decider: account,
      decide: (_balance, body: AccountEvent['data']) => [{ type: 'bank.account.deposited', data: body }],
      follows: (id: string, { amount }: AccountEvent['data']) => [entered('deposits', `${id} ${amount}`)],
    },
    'accounts/deposit-twice': {
      decider: account,
      decide: (_balance, body: AccountEvent['data']) => [
        { type: 'bank.account.deposited', data: body },
        { type: 'bank.account.deposited', data: body },
      ],
      claims: (id: string, { amount }: AccountEvent['data']) => [entered('all', `${id} ${amount}`), entered('twice', String(amount))],
      follows: (id: string, { amount }: AccountEvent['data']) => [entered('all', `${id} ${amount} done`)],
    },
    'accounts/withdraw': {
      decider: account,
      decide: (balance: number, { amount }: { amount: number }) => {
        if (amount > balance) throw new DomainError('not-enough', { amount });
        return [{ type: 'bank.account.withdrawn', data: { amount } }];
      },
      claims: (id: string, { amount }: { amount: number }) => [entered('all', `${id} ${amount}`)],
      follows: (id: string, { amount }: { amount: number }) => [entered('twice', `${id} ${amount}`), entered('withdrawn', `${id} ${amount % 3}`)],
    },
    'accounts/empty': {
      decider: account,
      decide: (balance: number) => (balance === 0 ? [] : [{ type: 'bank.account.withdrawn', data: { amount: balance } }]),
    },
  },
  projections: [
    projection<Balance, AccountEvent>({
      name: 'balances',
      version: 1,
      follows: [accountContract],
      fold: (row, event, id) => {
        if (event.type === 'bank.account.deposited' && event.data.bad && !isMended()) throw new Error('cannot fold that');
        const { balance, versions } = row ?? { balance: 0, versions: [] };
        return {
          id,
          balance: balance + (event.type === 'bank.account.deposited' ? event.data.amount : -event.data.amount),
          versions: [...versions, event.version],
        };
      },
    }),
  ],
});

/** Most of it on one account, so that its writers get in each other's way. */
const work: Workload = (random) => {
  const id = random.chance(0.5) ? 'hot' : random.pick(['cold', 'mild']);
  const amount = 1 + random.int(7);
  const name = random.pick([
    'accounts/deposit',
    'accounts/deposit',
    'accounts/deposit-twice',
    'accounts/withdraw',
    'accounts/withdraw',
    'accounts/empty',
  ]);
  const isDeposit = name.startsWith('accounts/deposit');
  return {
    service: 'bank',
    name,
    id,
    body: name === 'accounts/empty' ? {} : { amount, ...(isDeposit && random.chance(0.03) && { bad: true }) },
  };
};

/** The services that Keyfold's own machinery is simulated with: contention, an event that cannot be folded, a policy across services, a process with a timer, claims on a guard and what follows them. */
export function exampleServices(): { services: SimulatedService[]; workload: Workload; mend(): void } {
  let mended = false;
  return {
    services: [bank(() => mended), desk],
    workload: work,
    mend: () => {
      mended = true;
    },
  };
}
