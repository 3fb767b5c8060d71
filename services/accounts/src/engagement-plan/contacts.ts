import { Injectable } from '@nestjs/common';
import type { DateOnly, Travel } from '@keyfold/contracts';
import type { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { dateIn, daysBetween } from '@keyfold/platform';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { TeamMembers } from '../team-member/team-members.js';
import { Cadences } from './cadences.js';
import { Footprints } from './footprints.js';
import type { TravelBody } from './log-touchpoint.js';

interface People {
  /** Of the account. */
  readonly id: string;
  readonly stakeholderIds?: readonly string[];
  readonly memberIds?: readonly string[];
}

export interface Circumstances {
  readonly on: DateOnly;
  readonly daysAgo: number;
  readonly travel: Travel | null;
}

/** What is to be known of a contact beside what was said of it. */
@Injectable()
export class Contacts {
  constructor(
    private readonly cadences: Cadences,
    private readonly footprints: Footprints,
    private readonly stakeholders: Stakeholders,
    private readonly members: TeamMembers,
  ) {}

  /** Refuses people who are not the account's now, and members who are not ours. */
  async assertPeople({ id, stakeholderIds = [], memberIds = [] }: People): Promise<void> {
    for (const stakeholderId of stakeholderIds) await this.stakeholders.assertActive(id, stakeholderId);
    for (const memberId of memberIds) await this.members.assertOnboarded(memberId);
  }

  /** The date of the contact where the client is, how long ago that was there, and what the journey emitted. */
  async circumstancesOf(contact: People & { occurredAt: string; travel?: TravelBody | null }): Promise<Circumstances> {
    await this.assertPeople(contact);
    const { calendar, today } = await this.cadences.rulesOf(contact.id);
    const on = dateIn(contact.occurredAt, calendar);
    return { on, daysAgo: daysBetween(on, today), travel: contact.travel ? await this.footprints.of(contact.travel, contact.occurredAt) : null };
  }
}

/** Whom a command names of ours, or whoever gives it. */
export const oursIn = ({ memberIds, context: { actor } }: AggregateCommand & { memberIds?: string[] }): readonly string[] => memberIds ?? (actor.memberId === null ? [] : [actor.memberId]);

/** An instant as events have it: UTC, milliseconds. */
export const instantOf = (given: string): string => new Date(Date.parse(given)).toISOString();
