import type { BuyingRole, SeniorityLevel, Tier } from '@keyfold/contracts';

/** One contact with a person at the client. A mass mail is none (domain.md 4.2). */
export interface Touch {
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly depth: 'visit' | 'review' | 'meeting' | 'call' | 'mail' | 'mass-mail';
  /** Ours who took part. */
  readonly memberIds: readonly string[];
}

export interface StrengthTerms {
  readonly now: string;
  readonly tier: Tier | null;
  /** Days within which any contact falls due, by the cadence policy of the tier. */
  readonly cadenceDays: number;
  readonly theirLevel: SeniorityLevel | null;
  /** Level of one of ours; null where nobody said. */
  levelOf(memberId: string): SeniorityLevel | null;
}

/** Sub-scores and score from 0 to 100 (domain.md 3.7). */
export interface Strength {
  readonly score: number;
  readonly recency: number;
  readonly frequency: number;
  readonly twoWay: number;
  readonly depth: number;
  readonly seniority: number;
  readonly lastTouchAt: string;
  /** Contacts within 90 days. */
  readonly touches: number;
}

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 90;
const WEIGHTS = { recency: 0.3, frequency: 0.25, twoWay: 0.15, depth: 0.15, seniority: 0.15 };

/** Days after which the recency of a contact is worth half. An account without a tier is judged as one of tier C. */
export const HALF_LIFE_DAYS: Readonly<Record<Tier, number>> = { A: 30, B: 45, C: 60 };

const DEPTHS: Readonly<Record<Touch['depth'], number>> = { visit: 100, review: 100, meeting: 80, call: 60, mail: 40, 'mass-mail': 0 };

/** How strong the relation between the company and one person is; null where there never was a contact: no data. */
export function strengthOf(all: readonly Touch[], terms: StrengthTerms): Strength | null {
  const touches = all.filter(({ depth, at }) => depth !== 'mass-mail' && at <= terms.now);
  if (touches.length === 0) return null;
  const lastTouchAt = touches.map(({ at }) => at).reduce((a, b) => (a > b ? a : b));
  const recent = touches.filter(({ at }) => daysFrom(at, terms.now) <= WINDOW_DAYS);
  const parts = {
    recency: recency(daysFrom(lastTouchAt, terms.now), terms.tier),
    frequency: frequency(recent.length, terms.cadenceDays),
    twoWay: twoWay(recent),
    depth: Math.max(0, ...recent.map(({ depth }) => DEPTHS[depth])),
    seniority: seniorityMatch(recent.flatMap(({ memberIds }) => memberIds).map((id) => terms.levelOf(id)), terms.theirLevel),
  };
  const score = Object.entries(WEIGHTS).reduce((sum, [part, weight]) => sum + weight * parts[part as keyof typeof WEIGHTS], 0);
  return { ...parts, score: round(score), recency: round(parts.recency), frequency: round(parts.frequency), twoWay: round(parts.twoWay), lastTouchAt, touches: recent.length };
}

export const recency = (days: number, tier: Tier | null): number => 100 * 2 ** (-days / HALF_LIFE_DAYS[tier ?? 'C']);

/** The contacts of 90 days against those that the cadence asks for in 90 days. */
export const frequency = (touches: number, cadenceDays: number): number => Math.min(100, (100 * touches * cadenceDays) / WINDOW_DAYS);

export function twoWay(touches: readonly Pick<Touch, 'direction'>[]): number {
  const ins = touches.filter(({ direction }) => direction === 'in').length;
  const outs = touches.length - ins;
  return touches.length === 0 ? 0 : (100 * Math.min(ins, outs)) / Math.max(ins, outs);
}

/** Whether the most senior of ours in contact is at most one level below theirs; levels count down from 1, the C-level. What is not known does not match. */
export function seniorityMatch(ours: readonly (SeniorityLevel | null)[], theirs: SeniorityLevel | null): number {
  const best = Math.min(...ours.filter((level) => level !== null));
  return theirs !== null && best <= theirs + 1 ? 100 : 50;
}

export const daysFrom = (at: string, now: string): number => (Date.parse(now) - Date.parse(at)) / DAY_MS;

const round = (value: number): number => Math.round(value * 10) / 10;

/** Somebody of the account as the value of all relations to it sees him. */
export interface PersonStrength {
  readonly stakeholderId: string;
  readonly buyingRoles: readonly BuyingRole[];
  readonly isChampion: boolean;
  readonly isSponsor: boolean;
  /** Null: no data. 0: departed. */
  readonly score: number | null;
}

/** How much a key player counts; null for whoever is none. */
export function influenceOf({ buyingRoles, isChampion, isSponsor }: Omit<PersonStrength, 'stakeholderId' | 'score'>): number | null {
  if (buyingRoles.includes('decision-maker')) return 3;
  if (isSponsor || buyingRoles.includes('sponsor')) return 2;
  return isChampion || buyingRoles.includes('champion') ? 1 : null;
}

/** Mean over the key players by their influence; null where nothing is known of any of them. Who is known by nobody yet is no zero. */
export function accountStrength(people: readonly PersonStrength[]): number | null {
  const players = people.flatMap((person) => {
    const weight = influenceOf(person);
    return weight === null || person.score === null ? [] : [{ weight, score: person.score }];
  });
  const weights = players.reduce((sum, { weight }) => sum + weight, 0);
  return weights === 0 ? null : round(players.reduce((sum, { weight, score }) => sum + weight * score, 0) / weights);
}

const THREAD_FROM = 30;

/** People with whom the relation carries something: a score above 30. An account with fewer than two hangs on one person. */
export const threadsOf = (people: readonly Pick<PersonStrength, 'score'>[]): number => people.filter(({ score }) => score !== null && score > THREAD_FROM).length;
