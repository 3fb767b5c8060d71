// Which read models there are, whose they are, and which streams they follow: written down here a second time, independently of the services' code.

/** By owning service: the projection's name, whatever its version, and the prefixes of the streams it follows, with the service that owns them. */
export const READ_MODELS = {
  accounts: {
    'member-directory': { accounts: ['member'] },
    'account-directory': { accounts: ['account'] },
    'key-accounts': { accounts: ['account'] },
    'team-members': { accounts: ['member'] },
    tasks: { accounts: ['task'] },
    'policy-raise-task-when-p1-incident-is-reported': { satisfaction: ['incident'] },
  },
  opportunities: {
    'member-directory': { accounts: ['member'] },
    'account-directory': { accounts: ['account'] },
    offerings: { opportunities: ['offering'] },
    opportunities: { opportunities: ['opp'] },
  },
  satisfaction: {
    'member-directory': { accounts: ['member'] },
    'account-directory': { accounts: ['account'] },
    incidents: { satisfaction: ['incident'] },
  },
  reporting: {
    'member-directory': { accounts: ['member'] },
    'account-directory': { accounts: ['account'] },
    'account-history': { accounts: ['account'] },
    'member-history': { accounts: ['member'] },
    'offering-history': { opportunities: ['offering'] },
    'opportunity-history': { opportunities: ['opp'] },
    'incident-history': { satisfaction: ['incident'] },
  },
};

/** Every `{ owner, key, service, prefix }`: the read model `key` of `owner` follows the streams `<prefix>-...` of `service`. */
export const FOLLOWED = Object.entries(READ_MODELS).flatMap(([owner, models]) =>
  Object.entries(models).flatMap(([key, sources]) =>
    Object.entries(sources).flatMap(([service, prefixes]) => prefixes.map((prefix) => ({ owner, key, service, prefix }))),
  ),
);

export const prefixOf = (stream) => stream.slice(0, stream.indexOf('-'));
