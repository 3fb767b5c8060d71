// I9: nothing is mended in silence. What the machinery found wrong has left an entry in the audit log.

/** `wanted`: `{ service, action }`, as a scenario says what its faults must leave behind. `audit`: service -> entries since the scenario began. */
export function checkNotices(wanted, audit, violations) {
  for (const { service, action } of wanted)
    if (!(audit.get(service) ?? []).some((entry) => entry.action === action))
      violations.add('I9', `${service}: no ${action} in the audit log`);
}
