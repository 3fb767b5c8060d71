// What the imports alone cannot show: dependencies that are declared but forbidden, build references that lag behind the declared
// dependencies, third-party versions outside the root. Imports themselves are judged by the oxlint rule keyfold/boundaries.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forbidden } from './lint/boundaries.mjs';
import { readPackages } from './lint/workspace.mjs';

const declared = ({ manifest }) => [
  ...Object.keys(manifest.dependencies ?? {}).map((name) => ({ name, inTest: false })),
  ...Object.keys(manifest.devDependencies ?? {}).map((name) => ({ name, inTest: true })),
];

const references = ({ folder }) => {
  const file = join(folder, 'tsconfig.build.json');
  if (!existsSync(file)) return [];
  return JSON.parse(readFileSync(file, 'utf8')).references?.map(({ path }) => resolve(folder, path, '..')) ?? [];
};

const problemsOf = (owner, packages) => {
  const problems = [];
  for (const { name, inTest } of declared(owner)) {
    const target = packages.get(name);
    const problem = target
      ? forbidden(owner, target, inTest)
      : `${owner.name}: third-party versions live in the root package.json (${name})`;
    if (problem) problems.push(problem);
  }
  const wanted = Object.keys(owner.manifest.dependencies ?? {}).flatMap((name) => packages.get(name) ?? []);
  const referenced = references(owner);
  for (const target of wanted.filter(({ folder }) => !referenced.includes(folder))) {
    problems.push(`${owner.name}: tsconfig.build.json lacks the reference to ${target.name}`);
  }
  for (const folder of referenced.filter((found) => !wanted.some((target) => target.folder === found))) {
    problems.push(`${owner.name}: tsconfig.build.json refers to ${relative(owner.folder, folder)}, which package.json does not declare`);
  }
  return problems;
};

/** Every broken rule of the workspace at `root`, one sentence each; empty when all hold. */
export const boundaryProblems = (root) => {
  const packages = readPackages(root);
  return [...packages.values()].flatMap((owner) => problemsOf(owner, packages));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = boundaryProblems(resolve(import.meta.dirname, '..'));
  for (const problem of problems) console.error(`boundary: ${problem}`);
  if (problems.length > 0) process.exit(1);
  console.log('boundaries: hold');
}
