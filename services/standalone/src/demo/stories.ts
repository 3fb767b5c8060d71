import type { CompanyProfile, Level, Tier } from '@keyfold/contracts';

/** The invented companies of the demo, what they buy and what troubles them. Any likeness to a real company is an accident. */

interface Account {
  readonly key: string;
  readonly name: string;
  readonly owner: 'kam' | 'kam2' | null;
  readonly tier: Tier | null;
  readonly profile: CompanyProfile;
  /** null: a prospect. */
  readonly clientForDays: number | null;
  readonly parent?: string;
}

export const ACCOUNTS: readonly Account[] = [
  { key: 'aurelis', name: 'Aurélis Énergie', owner: 'kam', tier: 'A', profile: { sector: 'energy', country: 'France', employees: 12_400, revenueMillions: 3_150, yearEstablished: 1962 }, clientForDays: 2_900 },
  { key: 'borealis', name: 'Boréal Fret', owner: 'kam', tier: 'B', profile: { sector: 'transport', country: 'France', employees: 3_800, revenueMillions: 640, yearEstablished: 1987 }, clientForDays: 1_650 },
  { key: 'castelnova', name: 'Castelnova Group', owner: 'kam', tier: 'A', profile: { sector: 'retail', country: 'Spain', employees: 21_000, revenueMillions: 4_800, yearEstablished: 1974 }, clientForDays: 2_200 },
  { key: 'castelnova-pt', name: 'Castelnova Portugal', owner: 'kam', tier: null, profile: { sector: 'retail', country: 'Portugal', employees: 2_300, revenueMillions: 410, yearEstablished: 1999 }, clientForDays: 900, parent: 'castelnova' },
  { key: 'dunwick', name: 'Dunwick Mutual', owner: 'kam2', tier: 'B', profile: { sector: 'banking', country: 'United Kingdom', employees: 5_200, revenueMillions: 1_900, yearEstablished: 1931 }, clientForDays: 1_300 },
  { key: 'elvenor', name: 'Elvenor Pharma', owner: 'kam2', tier: 'A', profile: { sector: 'pharma', country: 'Switzerland', employees: 9_700, revenueMillions: 2_700, yearEstablished: 1958 }, clientForDays: 2_050 },
  { key: 'fennmark', name: 'Fennmark Shipping', owner: 'kam2', tier: 'C', profile: { sector: 'transport', country: 'Denmark', employees: 1_900, revenueMillions: 380, yearEstablished: 1979 }, clientForDays: 760 },
  { key: 'granvale', name: 'Granvale Foods', owner: 'kam2', tier: 'B', profile: { sector: 'food', country: 'Germany', employees: 6_600, revenueMillions: 1_250, yearEstablished: 1948 }, clientForDays: 1_480 },
  { key: 'helvorn', name: 'Helvorn Aerotech', owner: 'kam', tier: 'B', profile: { sector: 'aerospace', country: 'France', employees: 4_100, revenueMillions: 980, yearEstablished: 1991 }, clientForDays: 1_120 },
  { key: 'istrel', name: 'Istrel Public Works', owner: null, tier: null, profile: { sector: 'public', country: 'Belgium', employees: 2_700, revenueMillions: 290, yearEstablished: 1969 }, clientForDays: 640 },
  { key: 'kestvale', name: 'Kestvale Rail', owner: 'kam', tier: null, profile: { sector: 'transport', country: 'France', employees: 7_900, revenueMillions: 1_100, yearEstablished: 1983 }, clientForDays: null },
  { key: 'lumarque', name: 'Lumarque Santé', owner: null, tier: null, profile: { sector: 'pharma', country: 'France', employees: 830, revenueMillions: 95, yearEstablished: 2011 }, clientForDays: null },
];

export const OFFERINGS = [
  { key: 'fleet', name: 'Fleet Care', family: 'Services', priceMinor: 4_800_000 },
  { key: 'insight', name: 'Insight Desk', family: 'Software', priceMinor: 2_600_000 },
  { key: 'insight-plus', name: 'Insight Desk Plus', family: 'Software', priceMinor: 7_400_000 },
  { key: 'training', name: 'Academy', family: 'Services', priceMinor: 950_000 },
  { key: 'sensor', name: 'Sensor Line', family: 'Equipment', priceMinor: 12_500_000 },
  { key: 'audit', name: 'Energy Audit', family: 'Services', priceMinor: 1_800_000 },
];

interface Incident {
  readonly account: string;
  readonly title: string;
  readonly impact: Level;
  readonly urgency: Level;
  readonly contact: string;
  readonly then: readonly (readonly [command: string, body: object])[];
}

const acknowledged = ['acknowledge', {}] as const;

export const INCIDENTS: readonly Incident[] = [
  { account: 'aurelis', title: 'Sensor gateway down at two sites', impact: 'high', urgency: 'high', contact: 'Odile Ferrand, +33 1 99 00 12 34', then: [] },
  { account: 'aurelis', title: 'Monthly report shows wrong totals', impact: 'medium', urgency: 'medium', contact: 'Odile Ferrand', then: [acknowledged] },
  { account: 'castelnova', title: 'Stores cannot open service requests', impact: 'high', urgency: 'medium', contact: 'Rafael Ibarra', then: [acknowledged, ['pause', { reason: 'waiting-on-client' }]] },
  { account: 'castelnova-pt', title: 'Training session to be rescheduled', impact: 'low', urgency: 'low', contact: 'Marta Sousa', then: [] },
  { account: 'dunwick', title: 'Single sign-on fails after certificate change', impact: 'high', urgency: 'medium', contact: 'Graham Pell', then: [acknowledged, ['resolve', { resolution: 'New certificate trusted' }]] },
  { account: 'elvenor', title: 'Cold chain alarm arrives late', impact: 'medium', urgency: 'high', contact: 'Dr. Regula Staub', then: [acknowledged] },
  { account: 'fennmark', title: 'Export file misses two vessels', impact: 'low', urgency: 'medium', contact: 'Jens Olrik', then: [acknowledged, ['resolve', { resolution: 'Filter corrected' }]] },
  { account: 'granvale', title: 'Invoice line disputed', impact: 'low', urgency: 'low', contact: 'Anke Brodersen', then: [] },
  { account: 'helvorn', title: 'Spare part delivered to the wrong hangar', impact: 'medium', urgency: 'medium', contact: 'Lucie Tanguy', then: [acknowledged, ['pause', { reason: 'waiting-on-third-party' }]] },
  { account: 'borealis', title: 'Drivers see an outdated schedule', impact: 'medium', urgency: 'low', contact: 'Yann Le Goff', then: [] },
];

export const TASKS = [
  { account: 'castelnova', title: 'Prepare the annual business review', assignee: 'kam', dueInDays: 9 },
  { account: 'helvorn', title: 'Ask for a reference visit', assignee: 'kam', dueInDays: 21 },
  { account: 'elvenor', title: 'Agree on the renewal calendar', assignee: 'kam2', dueInDays: 5 },
  { account: 'kestvale', title: 'Find the sponsor in operations', assignee: 'kam', dueInDays: 14 },
] as const;
