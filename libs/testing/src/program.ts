import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * What node is told, after its options, to run a program of the repository: a `.ts` source runs without a build; where one has just been made (TEST_PROGRAMS=built) what was
 * built of it starts in half the time.
 */
export function programOf(main: string): string[] {
  if (!main.endsWith('.ts')) return [resolve(ROOT, main)];
  if (process.env['TEST_PROGRAMS'] === 'built') return [resolve(ROOT, main.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))];
  return ['--import', resolve(ROOT, 'tools/ts-register.mjs'), resolve(ROOT, main)];
}
