import { SENIORITY_LEVELS, RELATIONSHIP_LEVELS } from '@keyfold/contracts';
import { relationsQueries } from './relations-queries.js';
import { presentOf, sponsorsIn } from './relations.js';

/** Executives of ours and of theirs who look after each other, and theirs who have nobody. */
export const sponsorMatrixQueries = relationsQueries('sponsor-matrix', async (row, { relations, terms }) => {
  const people = presentOf(await relations.peopleOf(row, terms));
  const alone = people.filter(({ person, isSponsor }) => person.level !== null && person.level <= 2 && !isSponsor);
  const pairs = sponsorsIn(row, terms).map(async ({ memberId, stakeholderId, since }) => ({
    memberId,
    memberName: await relations.memberName(memberId),
    stakeholderId,
    name: await relations.nameOf(row, stakeholderId),
    level: row.people[stakeholderId]?.level ?? null,
    since,
  }));
  const unpaired = alone.map(async ({ stakeholderId, person }) => ({ stakeholderId, name: await relations.nameOf(row, stakeholderId), level: person.level }));
  return { pairs: await Promise.all(pairs), unpaired: await Promise.all(unpaired) };
});

/** Champions, those whom we lost too, with what was agreed with them, and who of ours was thanked. */
export const championBoardQueries = relationsQueries('champion-board', async (row, { relations, terms }) => {
  const people = new Map((await relations.peopleOf(row, terms)).map((person) => [person.stakeholderId, person]));
  if (row.champions.length === 0 && row.recognitions.length === 0) return null;
  const champions = row.champions.map(async (champion) => {
    const figures = people.get(champion.stakeholderId);
    return {
      ...champion,
      name: await relations.nameOf(row, champion.stakeholderId),
      support: figures?.person.support ?? null,
      score: champion.lost ? 0 : (figures?.score ?? null),
      lastTouchAt: figures?.strength?.lastTouchAt ?? null,
    };
  });
  const recognitions = row.recognitions.map(async (one) => ({ ...one, memberName: await relations.memberName(one.memberId) }));
  return { champions: await Promise.all(champions), recognitions: await Promise.all(recognitions) };
});

/** How many of the client's people of each level we know, are in touch with (a contact within 90 days) and have paired. Per cent of those known; null where none are. */
export const cLevelCoverageQueries = relationsQueries('c-level-coverage', async (row, { relations, terms }) => {
  const people = presentOf(await relations.peopleOf(row, terms));
  const levels = SENIORITY_LEVELS.map((level) => {
    const known = people.filter(({ person }) => person.level === level);
    const inTouch = known.filter(({ strength }) => strength !== null && strength.touches > 0).length;
    return { level, known: known.length, inTouch, paired: known.filter(({ isSponsor }) => isSponsor).length, coveredPercent: percent(inTouch, known.length) };
  });
  return { coveredPercent: levels[0]!.coveredPercent, levels };
});

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((1000 * part) / whole) / 10);

/** From vendor to trusted advisor: where each pair stood and stands, and how far it is from where it shall be, in steps. */
export const relationshipProgressQueries = relationsQueries('relationship-progress', async (row, { relations }) => {
  const rank = (level: (typeof RELATIONSHIP_LEVELS)[number]): number => RELATIONSHIP_LEVELS.indexOf(level);
  const pairs = Object.values(row.pairs).filter(({ levels }) => levels.length > 0).map(async ({ memberId, stakeholderId, levels, sentiments }) => {
    const [first, last] = [levels[0]!, levels.at(-1)!];
    return {
      memberId,
      memberName: await relations.memberName(memberId),
      stakeholderId,
      name: await relations.nameOf(row, stakeholderId),
      levels,
      sentiments,
      gained: rank(last.current) - rank(first.current),
      toGo: Math.max(0, rank(last.desired) - rank(last.current)),
    };
  });
  return { pairs: await Promise.all(pairs) };
});

/** In which language the client's people want to be spoken to (domain.md K7); `unknown`: nobody asked them. */
export const languageCoverageQueries = relationsQueries('language-coverage', async (row, { relations, terms }) => {
  const people = presentOf(await relations.peopleOf(row, terms)).map(({ person }) => person.language);
  const count = (language: 'fr' | 'en' | null): number => people.filter((one) => one === language).length;
  return { people: people.length, fr: count('fr'), en: count('en'), unknown: count(null), knownPercent: percent(people.length - count(null), people.length) };
});
