// I9: nothing is mended in silence. What the machinery found wrong has left an entry in the audit log, and moved a metric.

/**
 * `wanted`: `{ service, action, metric }`, as a scenario says what its faults must leave behind. `audit`: service -> entries since the scenario began.
 * `metrics`: service -> Prometheus text. A metric counts from the last start of its process on: one that was killed later is not asked (no `metric`).
 */
export function checkNotices(wanted, { audit, metrics }, violations) {
  for (const { service, action, metric } of wanted) {
    if (!(audit.get(service) ?? []).some((entry) => entry.action === action))
      violations.add('I9', `${service}: no ${action} in the audit log`);
    if (metric && !(counted(metrics.get(service) ?? '', metric) > 0)) violations.add('I9', `${service}: ${metric} did not move`);
  }
}

/** The sum of a metric over its labels; NaN where it is not there. */
export function counted(text, metric) {
  const values = text.split('\n').flatMap((line) => {
    const [, value] = new RegExp(`^${metric}(?:\\{[^}]*\\})? ([0-9.e+-]+)`).exec(line) ?? [];
    return value === undefined ? [] : [Number(value)];
  });
  return values.length === 0 ? NaN : values.reduce((a, b) => a + b, 0);
}
