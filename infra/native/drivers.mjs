import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A package of the workspace's node_modules. */
export function driver(name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(`${name} is not installed yet: run npm ci in the project's folder first`, { cause: error });
  }
}
