// Read models folded a second time, from the events as they lie in the log and by nobody's code but this. A fold that agrees with itself proves nothing.
import { prefixOf } from '../read-models.mjs';

const idOf = (stream) => stream.slice(stream.indexOf('-') + 1);

/** The events of one stream in order: `{ type, data, version, occurredAt, recordedAt, position, supersedes, partitionKey }`. */
const eventsOf = (commits) =>
  commits.flatMap(({ events, expectedVersion, position, recordedAt, partitionKey }) =>
    events.map((event, i) => ({ ...event, version: expectedVersion + i + 1, position, recordedAt, partitionKey })),
  );

const lastPart = (type) => type.slice(type.lastIndexOf('.') + 1);

function offeringRow(id, events) {
  let row = null;
  for (const { type, data, version } of events) {
    const what = lastPart(type);
    if (what === 'registered' || what === 'details-changed') {
      const { name, family, listPrice, provenance } = data;
      row = {
        version,
        name,
        sortName: name.toLowerCase(),
        family,
        listPrice,
        status: row ? row.status : 'active',
        provenance: provenance ?? row?.provenance ?? null,
      };
    } else if (what === 'retired') row = { ...row, version, status: 'retired' };
    else if (what === 'withdrawn') row = null;
  }
  return row;
}

function directoryRow(id, events) {
  let row = null;
  for (const { type, data, occurredAt } of events) {
    const what = lastPart(type);
    if (what === 'prospect-registered' || what === 'client-registered') {
      const status = what === 'client-registered' ? 'active' : 'prospect';
      row = { name: data.name, sector: data.profile.sector, status, statusBefore: status, owners: [] };
    } else if (what === 'details-changed') row = { ...row, name: data.name, sector: data.profile.sector };
    else if (what === 'owner-assigned') row = { ...row, owners: [...row.owners, { ownerId: data.ownerId, from: occurredAt }] };
    else if (what === 'closure-requested') row = { ...row, status: 'closing' };
    else if (what === 'closure-refused') row = { ...row, status: row.statusBefore };
    else if (what === 'closed') row = { ...row, status: 'closed' };
  }
  return row;
}

/** What the pipeline figures are made of: the state of a deal and what it is worth. The other fields of the row are not looked at. */
export function dealRow(id, events) {
  let row = null;
  for (const { type, data, version } of events) {
    const what = lastPart(type);
    if (what === 'recorded' || what === 'opened') row = { version, name: data.name, state: 'open', stage: data.stage, amount: data.amount };
    else if (what === 'advanced') row = { ...row, version, stage: data.to };
    else if (what === 'won') row = { ...row, version, state: 'won', amount: data.amount };
    else if (what === 'lost') row = { ...row, version, state: 'lost' };
    else if (what === 'withdrawn') row = null;
    else if (row) row = { ...row, version };
  }
  return row;
}

const historyRow = (id, events) => ({
  key: events[0].partitionKey,
  position: events.at(-1).position,
  facts: events.map(({ version, type, occurredAt, recordedAt, supersedes, data }) => ({
    version,
    type,
    occurred: Date.parse(occurredAt),
    recorded: recordedAt,
    ...(supersedes?.length > 0 && { supersedes }),
    data,
  })),
});

/** `{ owner, key, service, prefix, fold, fields }`: the read models that are compared row by row; `fields` where not all of a row is. */
export const COMPARED = [
  { owner: 'opportunities', key: 'offerings', service: 'opportunities', prefix: 'offering', fold: offeringRow },
  {
    owner: 'opportunities',
    key: 'opportunities',
    service: 'opportunities',
    prefix: 'opp',
    fold: dealRow,
    fields: ['version', 'name', 'state', 'stage', 'amount'],
  },
  ...['opportunities', 'satisfaction', 'reporting'].map((owner) => ({
    owner,
    key: 'account-directory',
    service: 'accounts',
    prefix: 'account',
    fold: directoryRow,
    fields: ['name', 'sector', 'status', 'statusBefore', 'owners'],
  })),
  { owner: 'reporting', key: 'offering-history', service: 'opportunities', prefix: 'offering', fold: historyRow },
  { owner: 'reporting', key: 'opportunity-history', service: 'opportunities', prefix: 'opp', fold: historyRow },
  { owner: 'reporting', key: 'account-history', service: 'accounts', prefix: 'account', fold: historyRow },
];

/** Id -> row of one read model, from the streams of the service that it follows (as streamsOf gives them). */
export function folded({ prefix, fold }, streams) {
  const rows = new Map();
  for (const [streamId, commits] of streams) {
    if (prefixOf(streamId) !== prefix) continue;
    const row = fold(idOf(streamId), eventsOf(commits));
    if (row) rows.set(idOf(streamId), row);
  }
  return rows;
}
