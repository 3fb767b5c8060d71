import { uuid5 } from '@keyfold/event-sourcing-nest/ids';
import { instantOf, isZone } from './instants.js';
import type { SourceRow } from './read-file.js';
import { type ImportContext, provenance, type Step } from './rows-to-commands.js';
import { codeOrNull, needed, neededCode, textOrNull, wholeOrNull, WrongValue } from './values.js';

/** A contact with a client. Said to its account, under an id that follows from the row: the source's own key is what tells two contacts of the same minute. */
export function touchpointStep(context: ImportContext, row: SourceRow): Step {
  const { references, mapping } = context;
  const accountId = references.id('accounts', needed(row, 'account'), row.column('account'));
  const touchpointId = uuid5('import', mapping.source, 'touchpoints', accountId, row.key);
  const named = (field: 'stakeholders' | 'members'): string[] => [...new Set(row.items(field).map((text) => references.id(field, text, row.column(field))))];
  const [stakeholderIds, memberIds] = [named('stakeholders'), named('members')];
  const body = {
    touchpointId,
    occurredAt: instantOf(row.column('occurredAt'), needed(row, 'occurredAt'), zoneOf(context, row)),
    kind: neededCode('touchpoints', row, 'kind'),
    direction: neededCode('touchpoints', row, 'direction'),
    stakeholderIds,
    ...(memberIds.length > 0 && { memberIds }),
    note: textOrNull(row.field('note')),
    travel: travelOf(row),
    reason: textOrNull(row.field('reason')) ?? `imported from ${mapping.source}`,
    provenance: provenance(context, 'touchpoints', row.key),
  };
  return { service: 'accounts', aggregate: 'engagement-plans', command: 'import-touchpoint', id: accountId, body, makes: touchpointId, names: [accountId, ...stakeholderIds, ...memberIds] };
}

function zoneOf({ timeZone }: ImportContext, row: SourceRow): string {
  const zone = row.field('timeZone') || timeZone;
  if (!isZone(zone)) throw new WrongValue(`${row.column('timeZone')} is not an IANA time zone: ${zone}`, row.column('timeZone'));
  return zone;
}

function travelOf(row: SourceRow): { means: string | number; km: number } | null {
  const means = codeOrNull('touchpoints', row, 'travelMeans');
  const km = wholeOrNull(row.column('travelKm'), row.field('travelKm'));
  if ((means === null) !== (km === null)) throw new WrongValue(`a journey has both ${row.column('travelMeans')} and ${row.column('travelKm')}, or none`, row.column('travelKm'));
  return means === null || km === null ? null : { means, km };
}
