import type { BulkCommand } from '../client.js';
import type { Entity } from './entities.js';
import type { Mapping } from './mapping.js';
import type { SourceRow } from './read-file.js';
import type { References } from './references.js';
import { idOfRow } from './row-id.js';
import { dateOrNull, minorOrNull, numberOrNull, textOrNull, WrongValue } from './values.js';

/** A step of the import: the command that a row stands for, before its command id is known. */
export type Step = Omit<BulkCommand, 'commandId'> & {
  readonly service: string;
  /** Ids of what has to be there first. */
  readonly names?: readonly string[];
  /** Id of what it makes, where that is a part of what it is told to. */
  readonly makes?: string;
};

/** What the rows of one import have in common. */
export interface ImportContext {
  readonly mapping: Mapping;
  readonly run: string;
  /** Team member to whom the managers of the file report: the director who imports. */
  readonly directorId: string | null;
  /** Ids of the rows that others may name: those of the files and those in Keyfold already. */
  readonly known: ReadonlySet<string>;
  /** First day on which an account had a deal; its clients are active since then. */
  readonly firstDeal: ReadonlyMap<string, string>;
  readonly today: string;
  readonly references: References;
  /** On whose clocks a time without an offset is meant. */
  readonly timeZone: string;
}

export const provenance = ({ mapping, run }: ImportContext, entity: Entity, key: string) => ({ source: mapping.source, entity, rowKey: key, run });

/** The row key of a person is a name: what is stored beside the events is the opaque id instead. */
export const personProvenance = (context: ImportContext, entity: Entity, id: string) => provenance(context, entity, id);

export function managerStep(context: ImportContext, name: string, region: string | null): Step {
  const id = idOfRow(context.mapping, 'managers', name);
  const body = { name, role: 'director', managerId: context.directorId, region, provenance: personProvenance(context, 'members', id) };
  return { service: 'accounts', aggregate: 'team-members', command: 'onboard', id, body };
}

export function memberStep(context: ImportContext, row: SourceRow): Step {
  const id = idOfRow(context.mapping, 'members', row.key);
  const manager = textOrNull(row.field('manager'));
  const managerId = manager === null ? context.directorId : idOfRow(context.mapping, 'managers', manager);
  const body = { name: row.field('name'), role: 'kam', managerId, region: textOrNull(row.field('region')), provenance: personProvenance(context, 'members', id) };
  return { service: 'accounts', aggregate: 'team-members', command: 'onboard', id, body };
}

export function offeringStep(context: ImportContext, row: SourceRow): Step {
  const { mapping } = context;
  const amountMinor = minorOrNull(row.column('listPrice'), row.field('listPrice'), mapping.currency);
  const listPrice = amountMinor === null ? null : { amountMinor, currency: mapping.currency };
  const body = { name: row.field('name'), family: textOrNull(row.field('family')), listPrice, provenance: provenance(context, 'offerings', row.key) };
  return { service: 'opportunities', aggregate: 'offerings', command: 'register', id: idOfRow(mapping, 'offerings', row.key), body };
}

export function accountStep(context: ImportContext, row: SourceRow): Step {
  const profile = {
    sector: textOrNull(row.field('sector')),
    country: textOrNull(row.field('country')),
    yearEstablished: numberOrNull(row.column('yearEstablished'), row.field('yearEstablished')),
    employees: numberOrNull(row.column('employees'), row.field('employees')),
    revenueMillions: numberOrNull(row.column('revenueMillions'), row.field('revenueMillions')),
  };
  const activeSince = context.firstDeal.get(row.key) ?? context.today;
  const body = { name: row.field('name'), profile, activeSince, provenance: provenance(context, 'accounts', row.key) };
  return { service: 'accounts', aggregate: 'key-accounts', command: 'register-client', id: idOfRow(context.mapping, 'accounts', row.key), body };
}

/** Null for an account without a parent. */
export function parentStep(context: ImportContext, row: SourceRow): Step | null {
  const parent = textOrNull(row.field('parent'));
  if (parent === null) return null;
  const id = idOfRow(context.mapping, 'accounts', row.key);
  const parentId = reference(context, 'accounts', parent)!;
  return { service: 'accounts', aggregate: 'key-accounts', command: 'attach-to-parent', id, body: { parentId }, names: [id, parentId] };
}

export function opportunityStep(context: ImportContext, row: SourceRow): Step {
  const { mapping } = context;
  const named = row.field('stage');
  const stage = Object.hasOwn(mapping.stages, named) ? mapping.stages[named] : undefined;
  if (!stage) throw new WrongValue(`the stage ${named || '(empty)'} is not in the mapping`);
  const openedOn = dateOrNull(row.column('openedOn'), row.field('openedOn'));
  const closedOn = dateOrNull(row.column('closedOn'), row.field('closedOn'));
  const amount = money(mapping, row.column('amount'), row.field('amount'));
  if (stage.outcome && (openedOn === null || closedOn === null)) throw new WrongValue(`a ${stage.outcome} deal needs the dates of its opening and closing`);
  if (openedOn !== null && closedOn !== null && closedOn < openedOn) throw new WrongValue(`closed on ${closedOn}, before it was opened on ${openedOn}`);
  if (stage.outcome === 'won' && (amount === null || amount.amountMinor === 0)) throw new WrongValue('a won deal needs an amount');
  const body = {
    accountId: reference(context, 'accounts', row.field('account')),
    name: row.field('name') || [row.field('offering'), row.key].filter(Boolean).join(' '),
    ownerId: reference(context, 'members', row.field('owner')),
    offeringId: reference(context, 'offerings', row.field('offering')),
    motion: mapping.motion,
    stage: stage.stage,
    amount: stage.outcome ? null : amount,
    openedOn,
    outcome: outcomeOf(mapping, stage.outcome, closedOn, amount),
    provenance: provenance(context, 'opportunities', row.key),
  };
  return { service: 'opportunities', aggregate: 'opportunities', command: 'record', id: idOfRow(mapping, 'opportunities', row.key), body };
}

function outcomeOf(mapping: Mapping, result: 'won' | 'lost' | undefined, closedOn: string | null, amount: { amountMinor: number; currency: string } | null): object | null {
  if (!result) return null;
  return result === 'won' ? { result, closedOn, amount } : { result, closedOn, reason: mapping.lossReason };
}

function money(mapping: Mapping, column: string, text: string): { amountMinor: number; currency: string } | null {
  const amountMinor = minorOrNull(column, text, mapping.currency);
  return amountMinor === null ? null : { amountMinor, currency: mapping.currency };
}

/** Id of a row that another row names; null where it names none, which is legal for the account of a deal. */
function reference({ mapping, known }: ImportContext, entity: 'members' | 'offerings' | 'accounts', key: string): string | null {
  if (key === '') return null;
  const id = idOfRow(mapping, entity, key);
  if (!known.has(id)) throw new WrongValue(`${key} is not among the ${entity} of the source`);
  return id;
}
