import { Injectable } from '@nestjs/common';
import type { CadencePolicy, SeniorityLevel } from '@keyfold/contracts';
import { Views } from '@keyfold/event-sourcing-nest';
import { Access } from '@keyfold/platform';
import { Policies } from '../policy/policies.js';
import { stakeholders } from '../stakeholder/stakeholders.projection.js';
import { teamMembers } from '../team-member/team-members.projection.js';
import { Groups } from './groups.js';
import type { PersonOnMap, RelationsRow } from './relations.projection.js';
import { seniorityOf } from './seniority.js';
import { type PersonStrength, type Strength, strengthOf } from './strength.js';

/** What the figures of a question are computed with: one look at the clock, the policy and the members for all its rows. */
export interface Terms {
  readonly now: string;
  readonly cadence: CadencePolicy;
  readonly levels: ReadonlyMap<string, SeniorityLevel>;
  /** Sponsors of ours who have left. */
  readonly left: ReadonlySet<string>;
  /** People of other accounts who stood at the end of a line and have departed there. */
  readonly departed: ReadonlySet<string>;
  /** `<account>/<person>`: managers on accounts that are not of its group any more. */
  readonly outside: ReadonlySet<string>;
}

/** Who of our executives looks after whom of theirs, as long as he is with us. */
export const sponsorsIn = ({ sponsors }: Pick<RelationsRow, 'sponsors'>, { left }: Pick<Terms, 'left'>): RelationsRow['sponsors'] => sponsors.filter(({ memberId }) => !left.has(memberId));

/** To whom somebody reports, as long as that one is there and in the group: on the map, the line to a manager of another account outlives both. */
export const managerIn = ({ id, lines }: Pick<RelationsRow, 'id' | 'lines'>, stakeholderId: string, { departed, outside }: Pick<Terms, 'departed' | 'outside'>): string | null => {
  const managerId = lines[stakeholderId];
  return managerId === undefined || departed.has(managerId) || outside.has(`${id}/${managerId}`) ? null : managerId;
};

export const influencesIn = ({ influences }: Pick<RelationsRow, 'influences'>, { departed }: Pick<Terms, 'departed'>): RelationsRow['influences'][string][] =>
  Object.values(influences).filter(({ fromId, toId }) => !departed.has(fromId) && !departed.has(toId));

/** One of the account's people with the figures of now. */
export interface PersonFigures extends PersonStrength {
  readonly person: PersonOnMap;
  readonly strength: Strength | null;
}

/** What the questions about relations are answered with. */
@Injectable()
export class Relations {
  constructor(
    private readonly access: Access,
    private readonly policies: Policies,
    private readonly views: Views,
    private readonly groups: Groups,
  ) {}

  async terms(rows: readonly RelationsRow[]): Promise<Terms> {
    const touching = rows.flatMap(({ touches }) => Object.values(touches).flatMap((some) => some.flatMap(({ memberIds }) => memberIds)));
    const ours = new Set([...touching, ...rows.flatMap(({ sponsors }) => sponsors.map(({ memberId }) => memberId))]);
    const cadence = await this.policies.inForce('cadence');
    const members = ours.size === 0 ? [] : await this.views.of(teamMembers).find({ filter: { id: { $in: [...ours] } }, limit: ours.size });
    const gone = members.filter(({ lastDay }) => lastDay !== null && lastDay < this.policies.today());
    const levels = new Map(members.map((member) => [member.id, seniorityOf(member)]));
    return { now: this.access.now(), cadence, levels, left: new Set(gone.map(({ id }) => id)), ...(await this.elsewhere(rows)) };
  }

  private async elsewhere(rows: readonly RelationsRow[]): Promise<Pick<Terms, 'departed' | 'outside'>> {
    const named = rows.flatMap(({ people, lines, influences }) =>
      [...Object.values(lines), ...Object.values(influences).flatMap(({ fromId, toId }) => [fromId, toId])].filter((id) => !Object.hasOwn(people, id)),
    );
    const ids = [...new Set(named)];
    const found = ids.length === 0 ? [] : await this.views.of(stakeholders).find({ filter: { id: { $in: ids } }, limit: ids.length });
    const accountOf = new Map(found.map(({ id, accountId }) => [id, accountId]));
    const crossing = rows.flatMap(({ id, lines }) => Object.values(lines).flatMap((managerId) => (accountOf.has(managerId) ? [{ id, managerId, accountId: accountOf.get(managerId)! }] : [])));
    const accountIds = [...new Set(crossing.flatMap(({ id, accountId }) => [id, accountId]))];
    const rootOf = new Map(await Promise.all(accountIds.map(async (id) => [id, await this.groups.rootOf(id)] as const)));
    const outside = crossing.filter(({ id, accountId }) => rootOf.get(id) !== rootOf.get(accountId)).map(({ id, managerId }) => `${id}/${managerId}`);
    return { departed: new Set(found.filter(({ status }) => status === 'departed').map(({ id }) => id)), outside: new Set(outside) };
  }

  /** Everybody who is or was there, in the order of their registration. */
  async peopleOf(row: RelationsRow, terms: Terms): Promise<PersonFigures[]> {
    const tier = (await this.access.account(row.id))?.tier ?? null;
    const champions = new Set(row.champions.filter(({ lost }) => lost === null).map(({ stakeholderId }) => stakeholderId));
    const sponsors = new Set(sponsorsIn(row, terms).map(({ stakeholderId }) => stakeholderId));
    return Object.entries(row.people).sort(byRegistration).map(([stakeholderId, person]) => {
      const touches = row.touches[stakeholderId] ?? [];
      const of = { now: terms.now, tier, cadenceDays: terms.cadence.operationalDays[tier ?? 'C'], theirLevel: person.level, levelOf: (id: string) => terms.levels.get(id) ?? null };
      const strength = person.departedAt === null ? strengthOf(touches, of) : null;
      const score = person.departedAt === null ? (strength?.score ?? null) : 0;
      return { stakeholderId, person, strength, score, buyingRoles: person.buyingRoles, isChampion: champions.has(stakeholderId), isSponsor: sponsors.has(stakeholderId) };
    });
  }

  /** Whether the account is closed or was merged into another one: no relation to it is at risk any more. */
  async isOver(row: RelationsRow): Promise<boolean> {
    const status = (await this.access.account(row.id))?.status;
    return status === 'closed' || status === 'merged';
  }

  /** In clear; null for whoever was erased or is not one of the account's people. */
  async nameOf(row: RelationsRow, stakeholderId: string): Promise<string | null> {
    const person = row.people[stakeholderId];
    return person ? this.access.reveal(person.name) : null;
  }

  memberName(memberId: string): Promise<string | null> {
    return this.access.memberName(memberId);
  }
}

const byRegistration = ([a, { registeredAt: one }]: [string, PersonOnMap], [b, { registeredAt: other }]: [string, PersonOnMap]): number => (`${one} ${a}` < `${other} ${b}` ? -1 : 1);

export const presentOf = (people: readonly PersonFigures[]): PersonFigures[] => people.filter(({ person }) => person.departedAt === null);
