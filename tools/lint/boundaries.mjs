/** What a package of each type may depend on. Dependencies point down: service -> platform -> adapters -> core <- contracts. */
const mayUse = {
  core: [],
  contract: ['core'],
  adapter: ['core', 'contract'],
  platform: ['core', 'contract', 'adapter'],
  service: ['core', 'contract', 'adapter', 'platform'],
  composition: ['core', 'contract', 'adapter', 'platform', 'service', 'composition'],
  cli: ['core', 'contract', 'adapter'],
  testing: ['core', 'contract'],
};

// Adapters are chosen in one place, the platform: a service or a command line that knew one would choose for everybody. Nest is glue, not a choice.
const isChoice = (to) => to.type === 'adapter' && !to.name.endsWith('/event-sourcing-nest');

/** Why `from` may not depend on `to` (packages as workspace.mjs describes them), or null. Tests may also use type:testing, and those of a service any adapter. */
export const forbidden = (from, to, inTest = false) => {
  if (!mayUse[from.type]) return `${from.name} has no known type tag`;
  if (!mayUse[to.type]) return `${to.name} has no known type tag`;
  if (to.type === 'testing') return inTest ? null : `${to.name} is for tests only`;
  if (!mayUse[from.type].includes(to.type)) return `type:${from.type} may not use type:${to.type} (${from.name} -> ${to.name})`;
  if (['service', 'cli'].includes(from.type) && isChoice(to) && !inTest)
    return `adapters are chosen by the platform (${from.name} -> ${to.name})`;
  return null;
};
