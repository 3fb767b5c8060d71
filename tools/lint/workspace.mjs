import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

const describePackage = (folder) => {
  const manifest = readJson(join(folder, 'package.json'));
  const tags = manifest.nx?.tags ?? [];
  const tag = (dimension) => tags.find((candidate) => candidate.startsWith(`${dimension}:`))?.slice(dimension.length + 1) ?? null;
  return { folder, name: manifest.name, type: tag('type'), scope: tag('scope'), manifest };
};

/** The packages of the workspace at `root`, by name: { folder, name, type, scope, manifest }. */
export const readPackages = (root) => {
  const folders = readJson(join(root, 'package.json')).workspaces.flatMap((glob) => globSync(`${glob}/package.json`, { cwd: root }));
  return new Map(folders.map((file) => describePackage(join(root, dirname(file)))).map((found) => [found.name, found]));
};

const ownerOf = new Map();

/** The package that a file belongs to: the nearest package.json above it. */
export const packageOf = (file) => {
  const folder = dirname(file);
  if (!ownerOf.has(folder)) {
    ownerOf.set(
      folder,
      existsSync(join(folder, 'package.json')) ? describePackage(folder) : folder === dirname(folder) ? null : packageOf(folder),
    );
  }
  return ownerOf.get(folder);
};

const rootOf = new Map();

/** The workspace root above a package: the nearest folder whose package.json lists workspaces. */
export const workspaceOf = (folder) => {
  if (!rootOf.has(folder)) {
    const manifest = join(folder, 'package.json');
    const isRoot = existsSync(manifest) && readJson(manifest).workspaces;
    rootOf.set(folder, isRoot ? folder : folder === dirname(folder) ? null : workspaceOf(dirname(folder)));
  }
  return rootOf.get(folder);
};
