// Runs the TypeScript sources without a build: node --import ./tools/ts-register.mjs services/standalone/src/main.ts
// Packages of the workspace resolve to their sources through the export condition @keyfold/source.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { swc } from '../jest.preset.mjs';

const SOURCE = '@keyfold/source';
const ts = /\.ts$/;

process.setSourceMapsEnabled(true);

registerHooks({
  resolve(specifier, context, next) {
    const conditions = [...new Set([SOURCE, ...(context.conditions ?? [])])];
    if (specifier.startsWith('.') && specifier.endsWith('.js') && ts.test(context.parentURL ?? '')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
    }
    return next(specifier, { ...context, conditions });
  },

  load(url, context, next) {
    if (!url.startsWith('file:') || !ts.test(url)) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swc, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
