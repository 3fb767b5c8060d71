import type { CalendarPolicy, CapacityPolicy, Tier, WorkloadPolicy } from '@keyfold/contracts';
import { addDays } from '@keyfold/platform';

/** What a key account manager has on his hands. An account without a tier is no key account, and takes no hours that anybody has planned. */
export interface Duties {
  readonly tiers: readonly (Tier | null)[];
  readonly openTasks: number;
  /** Actions of account plans that are neither done nor cancelled. */
  readonly openActions: number;
}

export interface Workload {
  readonly accounts: Readonly<Record<Tier | 'untiered', number>>;
  readonly openTasks: number;
  readonly openActions: number;
  /** Hours a month. */
  readonly hours: number;
  readonly hoursAvailable: number;
  /** Null: there are no hours available. */
  readonly loadPercent: number | null;
  readonly thresholdPercent: number;
}

/** Load of domain.md 3.15: hours of the accounts by tier and of the open tasks and plan actions over the hours available. `presence`: part of the month's working days that the member is there. */
export function workloadOf({ tiers, openTasks, openActions }: Duties, presence: number, policy: WorkloadPolicy, { hoursPerTask }: CapacityPolicy): Workload {
  const accounts = { A: 0, B: 0, C: 0, untiered: 0 };
  for (const tier of tiers) accounts[tier ?? 'untiered']++;
  const { A, B, C } = policy.hoursPerAccount;
  const hours = accounts.A * A + accounts.B * B + accounts.C * C + (openTasks + openActions) * hoursPerTask;
  const hoursAvailable = tenth(policy.hoursAvailable * presence);
  const loadPercent = hoursAvailable === 0 ? null : tenth((hours / hoursAvailable) * 100);
  return { accounts, openTasks, openActions, hours, hoursAvailable, loadPercent, thresholdPercent: policy.thresholdPercent };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Part of the working days of a month (`2026-08`) on which the member is not absent; 1 for a month without working days. */
export function presenceIn(month: string, absences: readonly { readonly from: string; readonly to: string }[], { weekend, holidays }: CalendarPolicy): number {
  let working = 0;
  let present = 0;
  for (let day = `${month}-01`; day.startsWith(month); day = addDays(day, 1)) {
    const weekday = new Date(day).getUTCDay() || 7;
    if (weekend.includes(weekday) || holidays.includes(day)) continue;
    working++;
    if (!absences.some(({ from, to }) => from <= day && day <= to)) present++;
  }
  return working === 0 ? 1 : present / working;
}
