// The frozen side of the contracts: schemas/<event type>/v<n>.json and golden/<event type>/v<n>.json, one line of frozen.json for each.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MANIFEST = 'frozen.json';
const ASYNC_API = 'asyncapi.json';

export const schemaFile = (type, version) => `schemas/${type}/v${version}.json`;
export const goldenFile = (type, version) => `golden/${type}/v${version}.json`;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const textOf = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** Git's name for a file with this text. */
const blobId = (text, algorithm) =>
  createHash(algorithm)
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest('hex');

/** The files of a contracts folder. */
export class Frozen {
  constructor(folder, history = null) {
    this.folder = folder;
    this.history = history;
    this.files = new Map(
      globSync('{schemas,golden}/*/*.json', { cwd: folder })
        .sort()
        .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );
    this.manifest = this.json(MANIFEST) ?? {};
    this.asyncApi = this.json(ASYNC_API);
  }

  json(file) {
    const path = join(this.folder, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  }

  schema(type, version) {
    return this.json(schemaFile(type, version));
  }

  golden(type, version) {
    return this.json(goldenFile(type, version));
  }

  /** Whatever was committed once is released: logs may hold it. Without git, whatever was frozen. */
  isReleased(file) {
    return this.history ? this.history.has(file) : file in this.manifest;
  }

  /** Files that are not what they were when they were frozen, with the reason. */
  tampered() {
    const problems = [];
    for (const file of new Set([...Object.keys(this.manifest), ...(this.history?.keys() ?? [])])) {
      const text = this.files.get(file);
      const released = this.history?.get(file);
      if (text === undefined) problems.push(`${file} is missing, but events of that version stay in logs for ever: bring it back from git`);
      else if (released && !released.some((blob) => blobId(text, blob.length === 64 ? 'sha256' : 'sha1') === blob))
        problems.push(
          `${file} is not what was first committed: a frozen file never changes, so bring it back from git and freeze a new version`,
        );
      else if (this.manifest[file] !== sha256(text))
        problems.push(
          `${file} is not what ${MANIFEST} says: bring both back from git, or run "npm run contracts -- freeze" when it was never committed`,
        );
    }
    return problems;
  }

  write(file, value) {
    const text = textOf(value);
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
    this.files.set(file, text);
  }

  /** Released lines stay as they are, so that the gate still sees a released file that was edited. */
  writeManifest() {
    const line = (file) => [
      file,
      this.isReleased(file) ? (this.manifest[file] ?? sha256(this.files.get(file))) : sha256(this.files.get(file)),
    ];
    const released = Object.entries(this.manifest).filter(([file]) => this.isReleased(file));
    this.manifest = Object.fromEntries(
      [...new Map([...released, ...[...this.files.keys()].map(line)])].sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    writeFileSync(join(this.folder, MANIFEST), textOf(this.manifest));
  }

  writeAsyncApi(document) {
    this.asyncApi = document;
    writeFileSync(join(this.folder, ASYNC_API), textOf(document));
  }
}

/**
 * The texts, by git's names for them, with which each frozen file came into being, by path inside the contracts folder: one, or several where branches that froze the
 * same version were merged. What is added after a removal does not count. A shallow clone has the history it has; null without git (a tarball, an image).
 */
export const historyOf = (folder) => {
  if (git(folder, ['rev-parse', '--is-inside-work-tree']) === null) return null;
  const options = [
    '--topo-order',
    '--reverse',
    '--format=',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--full-history',
    '--diff-filter=AD',
    '--relative',
  ];
  const log = git(folder, ['log', ...options, '--', 'schemas', 'golden']) ?? ''; // a repository without a commit
  const texts = new Map();
  const removed = new Set();
  for (const line of log.split('\n')) {
    const [, blob, change, file] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([AD])\t(.+\.json)$/.exec(line) ?? [];
    if (change === 'D') removed.add(file);
    else if (file && !removed.has(file)) texts.set(file, [...(texts.get(file) ?? []), blob]);
  }
  return texts;
};

const git = (folder, args) => {
  const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return status === 0 ? stdout : null;
};
