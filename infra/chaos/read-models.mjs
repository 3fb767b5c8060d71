// Which read models there are, whose they are, and which streams they follow: written down here a second time, independently of the services' code.

/** By owning service: the projection's key in the database and the prefixes of the streams it follows, with the service that owns them. */
export const READ_MODELS = {
  accounts: {
    'member-directory_v1': { accounts: ['member'] },
    'account-directory_v1': { accounts: ['account'] },
    'key-accounts_v1': { accounts: ['account'] },
    'team-members_v1': { accounts: ['member'] },
    tasks_v1: { accounts: ['task'] },
    'policy-raise-task-when-p1-incident-is-reported_v1': { satisfaction: ['incident'] },
  },
  opportunities: {
    'member-directory_v1': { accounts: ['member'] },
    'account-directory_v1': { accounts: ['account'] },
    offerings_v1: { opportunities: ['offering'] },
    opportunities_v1: { opportunities: ['opp'] },
  },
  satisfaction: {
    'member-directory_v1': { accounts: ['member'] },
    'account-directory_v1': { accounts: ['account'] },
    incidents_v2: { satisfaction: ['incident'] },
  },
  reporting: {
    'member-directory_v1': { accounts: ['member'] },
    'account-directory_v1': { accounts: ['account'] },
    'account-history_v1': { accounts: ['account'] },
    'member-history_v1': { accounts: ['member'] },
    'offering-history_v1': { opportunities: ['offering'] },
    'opportunity-history_v1': { opportunities: ['opp'] },
    'incident-history_v1': { satisfaction: ['incident'] },
  },
};

/** Every `{ owner, key, service, prefix }`: the read model `key` of `owner` follows the streams `<prefix>-...` of `service`. */
export const FOLLOWED = Object.entries(READ_MODELS).flatMap(([owner, models]) =>
  Object.entries(models).flatMap(([key, sources]) =>
    Object.entries(sources).flatMap(([service, prefixes]) => prefixes.map((prefix) => ({ owner, key, service, prefix }))),
  ),
);

export const prefixOf = (stream) => stream.slice(0, stream.indexOf('-'));
