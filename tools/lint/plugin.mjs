import { relative, resolve, dirname } from 'node:path';
import { forbidden } from './boundaries.mjs';
import { packageOf, readPackages, workspaceOf } from './workspace.mjs';

const isTest = (file) => /(\.spec|\.int-spec|\.e2e-spec)\.[mc]?tsx?$|\/test\//.test(file);

/** Calls `visit(node, specifier)` for every import, re-export and dynamic import of a literal. */
const onImports = (visit) => {
  const ofSource = (node) => node.source?.type === 'Literal' && visit(node, String(node.source.value));
  return { ImportDeclaration: ofSource, ExportNamedDeclaration: ofSource, ExportAllDeclaration: ofSource, ImportExpression: ofSource };
};

const packagesOf = new Map();
const packagesAround = (owner) => {
  const root = workspaceOf(owner.folder);
  if (root && !packagesOf.has(root)) packagesOf.set(root, readPackages(root));
  return packagesOf.get(root) ?? new Map();
};

const isDeclared = ({ manifest }, name) => Boolean(manifest.dependencies?.[name] ?? manifest.devDependencies?.[name]);

const importProblem = (file, owner, specifier) => {
  if (specifier.startsWith('.')) {
    const leaves = relative(owner.folder, resolve(dirname(file), specifier)).startsWith('..');
    return leaves ? `import other packages by their name, not by a path out of ${owner.name}` : null;
  }
  const name = specifier.split('/').slice(0, 2).join('/');
  const target = packagesAround(owner).get(name);
  if (!target || target.name === owner.name) return null;
  return (
    forbidden(owner, target, isTest(file)) ??
    (isDeclared(owner, name) ? null : `${owner.name} does not declare ${name} in its package.json`)
  );
};

const boundaries = {
  create(context) {
    const file = context.filename;
    const owner = packageOf(file);
    if (!owner?.type) return {};
    return onImports((node, specifier) => {
      const message = importProblem(file, owner, specifier);
      if (message) context.report({ node, message });
    });
  },
};

const noCurrentDate = {
  create(context) {
    const check = (node) => {
      if (node.callee.name === 'Date' && node.arguments.length === 0)
        context.report({ node, message: 'time comes from the injected clock' });
    };
    return { NewExpression: check, CallExpression: check };
  },
};

const noSleep = {
  create(context) {
    const message = 'tests do not sleep: wait for the condition with eventually()';
    const timer = /^(setTimeout|setInterval|setImmediate)$/;
    return {
      ...onImports((node, specifier) => /^(node:)?timers/.test(specifier) && context.report({ node, message })),
      CallExpression(node) {
        if (timer.test(node.callee.name ?? '')) context.report({ node, message });
      },
    };
  },
};

const noBarrel = {
  create(context) {
    const report = (node) => node.source && context.report({ node, message: 'no barrels inside a service: import the file itself' });
    return { ExportAllDeclaration: report, ExportNamedDeclaration: report };
  },
};

const explainedDisable = {
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const silences = /^\s*(?:(?:oxlint|eslint)-disable|@ts-(?:expect-error|ignore))/.test(comment.value);
          if (silences && !/ -- \S+/.test(comment.value)) {
            context.report({ node: comment, message: 'a rule that is switched off says why: `-- reason` on the same line' });
          }
        }
      },
    };
  },
};

export default {
  meta: { name: 'keyfold' },
  rules: {
    boundaries,
    'no-current-date': noCurrentDate,
    'no-sleep': noSleep,
    'no-barrel': noBarrel,
    'explained-disable': explainedDisable,
  },
};
