import { Injectable, type Provider } from '@nestjs/common';
import { Scopes } from '@keyfold/event-sourcing-nest';
import { Access } from './access/access.js';
import type { Config } from './config.js';
import { dateOf, endOfDay, startOfDay } from './time.js';

/** The settings that features ask for; the whole Config stays with the bootstrap. */
export abstract class Settings {
  readonly timeZone!: string;
  readonly commandDeadlineMs!: number;
  readonly backupRetentionDays!: number | null;
}

/** Dates of the deployment's reporting time zone (KEYFOLD_TIME_ZONE). */
@Injectable()
export class ReportingTime {
  constructor(private readonly settings: Settings) {}

  /** First instant of a date, RFC 3339 in UTC. */
  startOfDay(date: string): string {
    return new Date(startOfDay(date, this.settings.timeZone)).toISOString();
  }

  /** Last millisecond of a date, since the epoch. */
  endOfDay(date: string): number {
    return endOfDay(date, this.settings.timeZone);
  }

  /** The date on which an instant falls. */
  dateOf(instant: string | number): string {
    return dateOf(typeof instant === 'string' ? Date.parse(instant) : instant, this.settings.timeZone);
  }
}

type Deployment = Pick<Config, 'timeZone' | 'commandDeadlineMs' | 'backupRetentionDays'>;

export const deploymentProviders = ({ timeZone, commandDeadlineMs, backupRetentionDays }: Deployment): Provider[] => [
  { provide: Settings, useValue: { timeZone, commandDeadlineMs, backupRetentionDays } },
  ReportingTime,
];

/** What every service gives to its EventSourcingModule: scopes, dates, settings. */
export const serviceProviders = (config: Deployment): Provider[] => [Access, { provide: Scopes, useExisting: Access }, ...deploymentProviders(config)];
