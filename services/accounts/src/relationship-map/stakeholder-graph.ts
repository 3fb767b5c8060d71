import { relationsQueries } from './relations-queries.js';
import { influencesIn, managerIn, presentOf } from './relations.js';

/** Who reports to whom and who has whose ear, with what each of them is to us. People of other accounts stand at the end of a line by their id alone, as long as they are there, and managers in the group. */
export const stakeholderGraphQueries = relationsQueries('stakeholder-graph', async (row, { relations, terms }) => {
  const people = presentOf(await relations.peopleOf(row, terms));
  const nodes = people.map(async ({ stakeholderId, person, score, isChampion, isSponsor }) => {
    const { name: _ciphertext, departedAt: _present, registeredAt: _order, ...standing } = person;
    return { stakeholderId, name: await relations.nameOf(row, stakeholderId), ...standing, managerId: managerIn(row, stakeholderId, terms), score, isChampion, isSponsor };
  });
  return { nodes: await Promise.all(nodes), influences: influencesIn(row, terms) };
});

/** Each of our people against each of theirs: levels, sentiment, contacts. Pairs between whom there is nothing are left out. */
export const coverageHeatmapQueries = relationsQueries('coverage-heatmap', async (row, { relations, terms }) => {
  const present = new Set(presentOf(await relations.peopleOf(row, terms)).map(({ stakeholderId }) => stakeholderId));
  const cells = new Map(Object.values(row.pairs).map((pair) => [`${pair.memberId}/${pair.stakeholderId}`, { memberId: pair.memberId, stakeholderId: pair.stakeholderId }]));
  const touched = Object.entries(row.touches).flatMap(([stakeholderId, touches]) =>
    touches.filter(({ depth }) => depth !== 'mass-mail').flatMap(({ memberIds, at }) => memberIds.map((memberId) => ({ memberId, stakeholderId, at }))),
  );
  for (const { memberId, stakeholderId } of touched) cells.set(`${memberId}/${stakeholderId}`, { memberId, stakeholderId });
  const since = new Date(Date.parse(terms.now) - 90 * 86_400_000).toISOString();
  const shown = [...cells].filter(([, { stakeholderId }]) => present.has(stakeholderId)).map(async ([key, pair]) => {
    const own = touched.filter((touch) => touch.memberId === pair.memberId && touch.stakeholderId === pair.stakeholderId);
    const level = row.pairs[key]?.levels.at(-1);
    return {
      ...pair,
      memberName: await relations.memberName(pair.memberId),
      name: await relations.nameOf(row, pair.stakeholderId),
      current: level?.current ?? null,
      desired: level?.desired ?? null,
      sentiment: row.pairs[key]?.sentiments.at(-1)?.sentiment ?? null,
      lastTouchAt: own[0]?.at ?? null,
      touches: own.filter(({ at }) => at >= since).length,
    };
  });
  return { cells: await Promise.all(shown) };
});
