import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Options, transform } from '@swc/core';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Folders of the packages that the service is made of, by name below `@keyfold/`. */
const PACKAGES = {
  contracts: 'libs/contracts',
  'event-sourcing': 'libs/event-sourcing/core',
  'event-sourcing-kafka': 'libs/event-sourcing/kafka',
  'event-sourcing-mongo': 'libs/event-sourcing/mongo',
  'event-sourcing-nest': 'libs/event-sourcing/nest',
  platform: 'libs/platform',
  opportunities: 'services/opportunities',
};

/** A change of one source file: every text is replaced by the one behind it, and has to be there. */
export interface Change {
  readonly package: keyof typeof PACKAGES;
  /** Below `src`. */
  readonly file: string;
  readonly replace: readonly (readonly [from: string, to: string])[];
}

/**
 * Another build of the service, in a folder of its own: the output of this one, with some source files changed and compiled again. Third-party packages are those of the
 * workspace; those of Keyfold are copies, so that all of them see the changed ones. Answers the program to start.
 */
export async function buildRelease(folder: string, changes: readonly Change[]): Promise<string> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@keyfold'), { recursive: true });
  const others = (await readdir(join(ROOT, 'node_modules'))).filter((name) => name !== '@keyfold' && !name.startsWith('.'));
  await Promise.all(others.map((name) => symlink(join(ROOT, 'node_modules', name), join(modules, name))));
  await Promise.all(
    Object.entries(PACKAGES).flatMap(([name, path]) => ['package.json', 'dist'].map((part) => cp(join(ROOT, path, part), join(modules, '@keyfold', name, part), { recursive: true }))),
  );
  for (const change of changes) await compile(change, join(modules, '@keyfold', change.package, 'dist', change.file.replace(/\.ts$/, '.js')));
  return join(modules, '@keyfold/opportunities/dist/main.js');
}

async function compile({ package: name, file, replace }: Change, output: string): Promise<void> {
  let source = await readFile(join(ROOT, PACKAGES[name], 'src', file), 'utf8');
  for (const [from, to] of replace) {
    if (!source.includes(from)) throw new Error(`${file} has no "${from}" any more: change this release with it`);
    source = source.replace(from, to);
  }
  const { swc } = (await import(join(ROOT, 'jest.preset.mjs'))) as { swc: Options };
  await writeFile(output, (await transform(source, { ...swc, filename: file })).code);
}
