import { relationsQueries } from './relations-queries.js';
import { type PersonFigures, presentOf } from './relations.js';
import { accountStrength, daysFrom, influenceOf, threadsOf } from './strength.js';

/** How strong the relations to an account and to each of its people are, with what the score is made of (domain.md 3.7). What we declare of a person stands beside it. */
export const relationshipStrengthQueries = relationsQueries('relationship-strength', async (row, { relations, terms }) => {
  const people = await relations.peopleOf(row, terms);
  return {
    strength: accountStrength(people),
    threads: threadsOf(people),
    people: await Promise.all(
      people.map(async ({ stakeholderId, person, strength, score, ...facts }) => ({
        stakeholderId,
        name: await relations.nameOf(row, stakeholderId),
        departed: person.departedAt !== null,
        score,
        influence: influenceOf(facts),
        support: person.support,
        parts: strength && { recency: strength.recency, frequency: strength.frequency, twoWay: strength.twoWay, depth: strength.depth, seniority: strength.seniority },
        lastTouchAt: strength?.lastTouchAt ?? null,
        touches: strength?.touches ?? null,
      })),
    ),
  };
});

const SILENT_AFTER_DAYS = 30;
const FEWEST_CONTACTS = 10;

type Alert = 'single-threaded' | 'no-decision-maker' | 'no-sponsor' | 'no-champion' | 'champion-silent' | 'few-contacts';

/** What hangs by a thread (domain.md 3.7): at least two people with whom the relation carries something, a decision maker, a sponsor and a champion, and no champion silent for 30 days. */
export function alertsOf(people: readonly PersonFigures[], now: string): { alerts: Alert[]; silentChampions: string[] } {
  const present = presentOf(people);
  const influences = new Set(present.flatMap((one) => influencesOf(one)));
  const silentChampions = present.filter(({ isChampion, strength }) => isChampion && (strength === null || daysFrom(strength.lastTouchAt, now) > SILENT_AFTER_DAYS)).map(({ stakeholderId }) => stakeholderId);
  const raised: readonly (readonly [Alert, boolean])[] = [
    ['single-threaded', threadsOf(present) < 2],
    ['no-decision-maker', !influences.has('decision-maker')],
    ['no-sponsor', !influences.has('sponsor')],
    ['no-champion', !influences.has('champion')],
    ['champion-silent', silentChampions.length > 0],
    ['few-contacts', present.length < FEWEST_CONTACTS],
  ];
  return { alerts: raised.filter(([, is]) => is).map(([alert]) => alert), silentChampions };
}

const influencesOf = ({ buyingRoles, isChampion, isSponsor }: PersonFigures): string[] => [...buyingRoles, ...(isChampion ? ['champion'] : []), ...(isSponsor ? ['sponsor'] : [])];

/** Accounts that hang by a thread; those that do not, or are over, are left out of the list. */
export const singleThreadAlertQueries = relationsQueries('single-thread-alerts', async (row, { relations, terms }) => {
  const people = await relations.peopleOf(row, terms);
  const { alerts, silentChampions } = alertsOf(people, terms.now);
  if (alerts.length === 0 || (await relations.isOver(row))) return null;
  const silent = await Promise.all(silentChampions.map(async (stakeholderId) => ({ stakeholderId, name: await relations.nameOf(row, stakeholderId) })));
  return { alerts, threads: threadsOf(people), contacts: presentOf(people).length, silentChampions: silent };
});
