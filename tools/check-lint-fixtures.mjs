// Proves that every lint rule bites: each file under lint-fixtures names the rule it breaks in its first line, and breaks no other.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { boundaryProblems } from './check-boundaries.mjs';

const root = resolve(import.meta.dirname, '..');
const fixtures = join(root, 'tools/lint-fixtures');
const failures = [];
const report = (rule, where, bites) => {
  console.log(`${bites ? 'bites' : 'DOES NOT BITE'} ${rule}  ${where}`);
  if (!bites) failures.push(`${rule} in ${where}`);
};

const lint = () => {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [oxlint, '--type-aware', '--format', 'json', '-c', join(fixtures, '.oxlintrc.json'), fixtures],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  try {
    return JSON.parse(stdout).diagnostics.map(({ filename, code }) => ({ file: relative(fixtures, resolve(root, filename)), code }));
  } catch {
    throw new Error(`oxlint gave no JSON: ${stdout.slice(0, 500)}${stderr.slice(0, 500)}`);
  }
};

const declaredViolation = (file) => /^\/\/ violates (\S+)/.exec(readFileSync(join(fixtures, file), 'utf8'))?.[1];

const configuredRules = () => {
  const { rules, overrides } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
  const active = [rules, ...overrides.map((override) => override.rules)].flatMap(Object.entries).filter(([, level]) => level !== 'off');
  return new Set(active.map(([name]) => (name.includes('/') ? name.replace(/(.*)\/(.*)/, '$1($2)') : `eslint(${name})`)));
};

const expectedBoundaryProblems = [
  'type:core may not use type:contract (@fixture/core -> @fixture/contracts)',
  'type:service may not use type:service (@fixture/rogue -> @fixture/other)',
  'adapters are chosen by the platform (@fixture/rogue -> @fixture/adapter)',
  '@fixture/rogue: third-party versions live in the root package.json (lodash)',
  '@fixture/rogue: tsconfig.build.json lacks the reference to @fixture/core',
  '@fixture/rogue: tsconfig.build.json refers to ../../libs/testing, which package.json does not declare',
];

const found = lint();
const proven = new Set();
for (const file of globSync('**/*.ts', { cwd: fixtures }).sort()) {
  const rule = declaredViolation(file);
  const broken = new Set(found.filter((problem) => problem.file === file).map(({ code }) => code));
  if (rule) {
    report(rule, file, broken.delete(rule));
    proven.add(rule);
  }
  for (const other of broken) failures.push(`${file} breaks ${other} too, which proves nothing`);
}
for (const rule of configuredRules()) if (!proven.has(rule)) failures.push(`${rule} is switched on but has no fixture`);

const problems = boundaryProblems(fixtures);
for (const problem of expectedBoundaryProblems) report('check-boundaries', problem, problems.includes(problem));

for (const failure of failures) console.error(`lint fixtures: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
