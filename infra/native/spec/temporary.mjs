import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals'; // oxlint-disable-line no-restricted-imports -- only specs use this file

const folders = [];

/** A folder that goes with the spec file. */
export const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfold-spec-'));
  folders.push(folder);
  return folder;
};

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
