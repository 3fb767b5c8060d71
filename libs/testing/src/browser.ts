import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, LaunchOptions } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A headless Chromium: KEYFOLD_CHROME if set, else one on the path, else the one that comes as an npm package. */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const installed = process.env['KEYFOLD_CHROME'] || onPath(NAMES);
  const executablePath = installed || (await packagedChromium());
  // The package brings its own fonts, so that screenshots look the same on every machine.
  const fonts = installed ? {} : { FONTCONFIG_FILE: await fontsFile(dirname(executablePath)) };
  try {
    return await chromium.launch({
      executablePath,
      timeout: 30_000,
      ...options,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', ...(options.args ?? [])],
      env: { ...definedEnvironment(), ...fonts, ...options.env },
    });
  } catch (error) {
    throw explained(error, executablePath);
  }
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** The packaged browser unpacks into the temporary folder, file by file; here beside, then renamed, so that two at once see all of it or nothing. */
async function packagedChromium(): Promise<string> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@sparticuz/chromium');
  const { version } = require(join(dirname(entry), '../../package.json')) as { version: string };
  const cache = process.env['KEYFOLD_NATIVE_CACHE'] || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'keyfold-native');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return join(folder, 'chromium');
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, '.partial-'));
  try {
    const unpack = `import('@sparticuz/chromium').then((chromium) => chromium.default.executablePath())`;
    await promisify(execFile)(process.execPath, ['-e', unpack], {
      cwd: dirname(entry),
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: partial },
      timeout: 120_000,
    });
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return join(folder, 'chromium');
}

/** The package's own fonts.conf names folders of a cloud function; with no font found at all the browser dies at the first form field. */
async function fontsFile(folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf');
  if (existsSync(file)) return file;
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, fontsConfiguration(folder));
  await rename(beside, file);
  return file;
}

const fontsConfiguration = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;

const definedEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

function explained(error: unknown, executablePath: string): Error {
  const text = error instanceof Error ? error.message : String(error);
  const missing = /error while loading shared libraries: (\S+?):/.exec(text)?.[1];
  if (missing)
    return new Error(
      `the browser ${executablePath} needs ${missing}: apt-get install libnss3 libnspr4 (on Debian), or set KEYFOLD_CHROME`,
      { cause: error },
    );
  return new Error(`the browser ${executablePath} does not start: ${text}`, { cause: error });
}
