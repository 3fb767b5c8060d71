import type { Failpoint } from '@keyfold/event-sourcing';

const SPEC = /^([a-z-]+)=(kill|fail)(?:@(\d{1,6}))?$/;

/**
 * Failpoints of a process under test: KEYFOLD_FAILPOINT="after-append=kill@3,before-append=fail" kills the process at the third passing of the one
 * and throws at the first of the other. In production every call is a no-op, whatever the variable says.
 */
export function failpointsFrom(environment: Readonly<Record<string, string | undefined>>): Failpoint {
  const text = environment['KEYFOLD_FAILPOINT'];
  if (!text || environment['NODE_ENV'] === 'production') return () => undefined;
  const armed = new Map<string, { action: string; left: number }>();
  for (const part of text.split(',')) {
    const [, name, action, count] = SPEC.exec(part.trim()) ?? [];
    if (!name || !action) throw new Error(`KEYFOLD_FAILPOINT is "${text}"; it wants <name>=<kill|fail>[@n], several separated by commas`);
    armed.set(name, { action, left: Number(count ?? 1) });
  }
  return (name) => {
    const point = armed.get(name);
    if (!point || --point.left !== 0) return;
    if (point.action === 'kill') process.kill(process.pid, 'SIGKILL');
    throw new Error(`failpoint ${name}`);
  };
}
