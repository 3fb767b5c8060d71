import type { Provenance, RelationshipLevel, Tier } from '@keyfold/contracts';
import { type Filter, NotFound, type Projection } from '@keyfold/event-sourcing';
import { queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, ownerOfRow, ownerToComeFrom, ReportingTime } from '@keyfold/platform';
import { type AccountPlanRow, accountPlans } from '../account-plan/account-plans.projection.js';
import { csrScorecards, type CsrScorecardRow } from '../csr-scorecard/csr-scorecards.projection.js';
import { type CadenceRow, cadenceCompliance } from '../engagement-plan/cadence-compliance.projection.js';
import { type DecisionRow, decisions } from '../engagement-plan/decisions.projection.js';
import { type FollowUpRow, followUps } from '../engagement-plan/follow-ups.projection.js';
import { type TouchpointRow, touchpoints } from '../engagement-plan/touchpoints.projection.js';
import { type MarketingPlanRow, marketingPlans } from '../marketing-plan/marketing-plans.projection.js';
import { relations, type RelationsRow } from '../relationship-map/relations.projection.js';
import { RELATION_READERS, reveal, type StakeholderRow, stakeholders } from '../stakeholder/stakeholders.projection.js';
import { type TaskRow, tasks } from '../task/tasks.projection.js';
import { type KeyAccountRow, keyAccounts, parentOn } from './key-accounts.projection.js';

/** Of each kind at most so many, the most recent or the most pressing first. */
const MOST = 50;

type Facts = Pick<KeyAccountRow, 'id' | 'name' | 'status' | 'tier' | 'profile' | 'currency' | 'sectorCode' | 'subsectorCode' | 'team' | 'raci' | 'score' | 'tierReviewDueOn'>;

export interface HandoverPack {
  readonly account: Facts & { readonly provenance: Provenance | null; readonly activeSince: string | null };
  /** Whose it is today, whose it was before the last change, and whose it will be where a change is to come. */
  readonly ownership: { readonly owner: Person | null; readonly before: Person | null; readonly next: (Person & { readonly from: string }) | null };
  readonly group: { readonly parent: Related | null; readonly children: readonly Related[]; readonly merged: readonly string[] };
  readonly people: readonly (Pick<StakeholderRow, 'id' | 'function' | 'level' | 'buyingRoles' | 'politicalStatus' | 'support' | 'language' | 'lastContactAt'> & { readonly name: string | null })[];
  /** Who speaks for us, who of our executives looks after whom of theirs, and where each pair stands. */
  readonly relations: {
    readonly champions: readonly string[];
    readonly sponsors: readonly (Person & { readonly stakeholderId: string })[];
    readonly pairs: readonly (Person & { readonly stakeholderId: string; readonly current: RelationshipLevel; readonly desired: RelationshipLevel })[];
  };
  /** Promises of corporate responsibility that are neither kept nor missed. */
  readonly openCommitments: CsrScorecardRow['commitments'];
  readonly plans: { readonly account: readonly AccountPlanRow[]; readonly marketing: readonly MarketingPlanRow[] };
  readonly openTasks: readonly TaskRow[];
  readonly engagement: { readonly cadence: readonly Omit<CadenceRow, 'judged' | 'touches'>[]; readonly lastTouchpoints: readonly TouchpointRow[]; readonly openFollowUps: readonly FollowUpRow[]; readonly decisions: readonly DecisionRow[] };
}

interface Person {
  readonly memberId: string;
  readonly name: string | null;
}

interface Related {
  readonly id: string;
  readonly name: string;
  readonly tier: Tier | null;
}

export class GetHandoverPack extends RowById<HandoverPack> {}

/** The story of an account for who takes it over (domain.md C1); what happened, event by event, is in its timeline. */
export const handoverPackQuery = queryCase(GetHandoverPack, {
  route: 'handover-packs/:id',
  roles: RELATION_READERS,
  needs: [Views, Access, ReportingTime],
  async answer(query, [views, access, time]): Promise<HandoverPack> {
    await views.arrived(query);
    const row = await views.of(keyAccounts).get(query.id);
    if (!row || !(await access.coversAccount(query.scope, query.id, 'read'))) throw new NotFound('key-account', query.id);
    const { id: accountId } = row;
    const list = <Row extends object>(projection: Projection<Row>, filter: Filter, sort: Record<string, 1 | -1>): Promise<Row[]> =>
      views.of(projection).find({ filter: { accountId, ...filter }, sort, limit: MOST });
    const [people, planned, marketed, openTasks, cadence, lastTouchpoints, openFollowUps, decided, related, card] = await Promise.all([
      list(stakeholders, { status: 'active' }, { level: 1 }),
      list(accountPlans, {}, { fiscalYear: -1 }),
      list(marketingPlans, {}, { fiscalYear: -1 }),
      list(tasks, { state: 'open' }, { raisedAt: -1 }),
      list(cadenceCompliance, {}, { level: 1 }),
      list(touchpoints, {}, { occurredAt: -1 }),
      list(followUps, { state: 'open' }, { dueOn: 1 }),
      list(decisions, { replacedById: null }, { decidedAt: -1 }),
      views.of(relations).get(accountId),
      views.of(csrScorecards).get(accountId),
    ]);
    const { name, status, tier, profile, currency, sectorCode, subsectorCode, team, raci, score, tierReviewDueOn, provenance } = row;
    return {
      account: { id: accountId, name, status, tier, profile, currency, sectorCode, subsectorCode, team, raci, score, tierReviewDueOn, provenance, activeSince: row.activeSince && time.dateOf(row.activeSince) },
      ownership: await ownershipOf(row, access, time),
      group: await groupOf(row, access.now(), {
        get: (id) => views.of(keyAccounts).get(id),
        below: () => views.of(keyAccounts).find({ filter: { parentIds: accountId }, sort: { sortName: 1 }, limit: MOST }),
        covers: (id) => access.coversAccount(query.scope, id, 'read'),
      }),
      people: await Promise.all(people.map((person) => personOf(person, access))),
      relations: await relationsOf(related, access),
      openCommitments: (card?.commitments ?? []).filter(({ keptAt, missed }) => keptAt === null && !missed).slice(0, MOST),
      plans: { account: planned, marketing: marketed },
      openTasks,
      engagement: { cadence: cadence.map(({ judged: _judged, touches: _touches, ...one }) => one), lastTouchpoints, openFollowUps, decisions: decided },
    };
  },
});

async function ownershipOf(row: KeyAccountRow, access: Access, time: ReportingTime): Promise<HandoverPack['ownership']> {
  const person = async (memberId: string | null): Promise<Person | null> => (memberId === null ? null : { memberId, name: await access.memberName(memberId) });
  const today = ownerOfRow(row, access.now());
  const from = ownerToComeFrom(row, access.now());
  const [owner, before, last] = await Promise.all([person(today), person(from || row.ownerBefore === row.ownerId ? null : row.ownerBefore), person(row.ownerId)]);
  return { owner, before, next: from && last ? { ...last, from: time.dateOf(from) } : null };
}

async function relationsOf(row: RelationsRow | null, access: Access): Promise<HandoverPack['relations']> {
  const ours = async <Pair extends { readonly memberId: string; readonly stakeholderId: string }>({ memberId, stakeholderId }: Pair) => ({ memberId, name: await access.memberName(memberId), stakeholderId });
  const levels = Object.values(row?.pairs ?? {}).flatMap((pair) => (pair.levels.length === 0 ? [] : [{ pair, last: pair.levels.at(-1)! }]));
  return {
    champions: (row?.champions ?? []).flatMap(({ stakeholderId, lost }) => (lost === null ? [stakeholderId] : [])),
    sponsors: await Promise.all((row?.sponsors ?? []).map(ours)),
    pairs: await Promise.all(levels.slice(0, MOST).map(async ({ pair, last: { current, desired } }) => ({ ...(await ours(pair)), current, desired }))),
  };
}

interface Relatives {
  get(id: string): Promise<KeyAccountRow | null>;
  below(): Promise<KeyAccountRow[]>;
  covers(id: string): Promise<boolean>;
}

async function groupOf(row: KeyAccountRow, now: string, { get, below, covers }: Relatives): Promise<HandoverPack['group']> {
  const shown = async (one: KeyAccountRow | null): Promise<Related[]> => (one && (await covers(one.id)) ? [{ id: one.id, name: one.name, tier: one.tier }] : []);
  const parentId = parentOn(row, now);
  const [parent] = parentId === null ? [] : await shown(await get(parentId));
  const children = (await below()).filter((child) => child.status !== 'merged' && parentOn(child, now) === row.id);
  return { parent: parent ?? null, children: (await Promise.all(children.map(shown))).flat(), merged: row.absorbed };
}

async function personOf({ id, function: position, level, buyingRoles, politicalStatus, support, language, lastContactAt, name }: StakeholderRow, access: Access): Promise<HandoverPack['people'][number]> {
  return { id, name: await reveal(access, name), function: position, level, buyingRoles, politicalStatus, support, language, lastContactAt };
}
