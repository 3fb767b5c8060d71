import { uuid5 } from '@keyfold/event-sourcing-nest';
import { addDays } from '@keyfold/platform';
import { idOf, type Line, line, member, oneOf, type Step } from './lines.js';
import { ACCOUNTS } from './stories.js';

/** Those who help the key account managers; none of them signs in. */
const HELPERS = [
  { key: 'adele', name: 'Adèle Vincenot', role: 'sales-engineer', region: 'Sud', accounts: ['aurelis', 'helvorn', 'castelnova'], startedDaysAgo: 300 },
  { key: 'mikael', name: 'Mikael Sandström', role: 'sales-engineer', region: 'Nord', accounts: ['elvenor', 'dunwick'], startedDaysAgo: 60 },
  { key: 'joana', name: 'Joana Peixoto', role: 'project-manager', region: 'Sud', accounts: ['castelnova', 'aurelis'], startedDaysAgo: 700 },
] as const;

const helperId = (key: string): string => idOf('member', key);
const told = (id: string, command: string, key: string, body: object): Line => oneOf(key, line('team-members', command, id, body));

const REQUISITION = idOf('requisition', 'sales-engineer');
const hiring = (command: string, key: string, body: object): Line => oneOf(key, line('requisitions', command, REQUISITION, body));

/** The team with its ramp, quotas and skills, and a requisition with its candidates. */
export function teamSteps(today: string): Step[] {
  const year = Number(today.slice(0, 4));
  return [
    { service: 'accounts', lines: HELPERS.map(({ key, name, role, region }) => line('team-members', 'onboard', helperId(key), { name, role, seniority: 3, country: 'FR', managerId: member('director'), region })) },
    { service: 'accounts', lines: [...HELPERS.flatMap((helper) => growth(helper, today)), ...['kam', 'kam2'].map((user) => told(member(user), 'set-quota', String(year), { year, amount: { amountMinor: 240_000_000, currency: 'EUR' } })), ...skills()] },
    { service: 'accounts', lines: HELPERS.flatMap(({ key, role, accounts }) => accounts.map((account) => oneOf(key, line('key-accounts', 'add-team-member', idOf('account', account), { memberId: helperId(key), role, access: 'edit' })))) },
    { service: 'accounts', lines: ACCOUNTS.filter(({ tier, owner }) => tier === 'A' && owner).map(({ key, owner }) => oneOf('renewal', line('key-accounts', 'assign-raci', idOf('account', key), { deliverable: 'renewal', memberId: member(owner!), letter: 'A' }))) },
    { service: 'accounts', lines: [requisition()] },
    { service: 'accounts', lines: CANDIDATES.map(candidate) },
    { service: 'accounts', lines: CANDIDATES.filter(({ stage }) => stage !== 'applied').map(({ key }) => hiring('shortlist-candidate', key, { candidateId: candidateId(key) })) },
    { service: 'accounts', lines: CANDIDATES.filter(({ stage }) => stage === 'interviewed').map((one) => interview(one, today)) },
    { service: 'accounts', lines: CANDIDATES.filter(({ stage }) => stage === 'interviewed').map((one) => scored(one, today)) },
  ];
}

const growth = ({ key, startedDaysAgo }: (typeof HELPERS)[number], today: string): Line[] => [
  told(helperId(key), 'set-ramp-plan', '', { startsOn: addDays(today, -startedDaysAgo) }),
  told(helperId(key), 'record-credential', '', { diplomaLevel: 5, experienceYears: 2 + Math.floor(startedDaysAgo / 365) }),
  told(helperId(key), 'complete-training', 'products', { training: 'products', hours: 14, completedOn: addDays(today, -40) }),
];

/** Points from 0 to 4 for each skill, in the order of SKILLS. */
const SKILLS = ['negotiation', 'products', 'english', 'listening'];
const LEVELS: Readonly<Record<string, readonly number[]>> = { kam: [3, 3, 2, 4], kam2: [2, 3, 4, 3], adele: [1, 4, 3, 3], mikael: [2, 2, 4, 2], joana: [2, 3, 3, 3] };

const skills = (): Line[] =>
  Object.entries(LEVELS).flatMap(([key, levels]) => levels.map((level, i) => told(key.startsWith('kam') ? member(key) : helperId(key), 'assess-skill', SKILLS[i]!, { skill: SKILLS[i], level })));

const SCORECARD = [
  { code: 'technique', label: { en: 'Technique', fr: 'Technique' } },
  { code: 'listening', label: { en: 'Listening', fr: 'Écoute' } },
  { code: 'english', label: { en: 'English', fr: 'Anglais' } },
];

const requisition = (): Line =>
  line('requisitions', null, REQUISITION, {
    role: 'sales-engineer',
    seniority: 3,
    country: 'FR',
    region: 'Nord',
    managerId: member('director'),
    hiringReason: 'workload',
    forMemberId: member('kam2'),
    salaryBand: { min: { amountMinor: 4_200_000, currency: 'EUR' }, max: { amountMinor: 5_600_000, currency: 'EUR' } },
    tension: 'tight',
    criteria: { diplomaLevel: 5, minExperienceYears: 3, scorecard: SCORECARD },
  });

/** How far each of them is, and what the interview gave. */
const CANDIDATES = [
  { key: 'first', name: 'Perrine Aumont', source: 'referral', stage: 'interviewed', scores: [4, 5, 3] },
  { key: 'second', name: 'Ruben Castanheira', source: 'job-board', stage: 'interviewed', scores: [3, 3, 4] },
  { key: 'third', name: 'Liv Torgersen', source: 'agency', stage: 'shortlisted', scores: [] },
  { key: 'fourth', name: 'Noé Baptista', source: 'school', stage: 'applied', scores: [] },
] as const;
type Candidate = (typeof CANDIDATES)[number];

const candidate = ({ key, name, source }: Candidate): Line => hiring('add-candidate', key, { name, source });
/** As the command makes it. */
const candidateId = (key: string): string => uuid5(candidate(CANDIDATES.find((one) => one.key === key)!).commandId, 'candidate');

const interview = ({ key }: Candidate, today: string): Line => hiring('interview-candidate', key, { candidateId: candidateId(key), interviewerId: member('director'), heldOn: addDays(today, -3) });

const scored = (one: Candidate, today: string): Line =>
  hiring('score-interview', one.key, { interviewId: uuid5(interview(one, today).commandId, 'interview'), scores: SCORECARD.map(({ code }, i) => ({ criterion: code, score: one.scores[i] })) });
