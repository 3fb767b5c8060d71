// A throw-away copy of the repository in which a source can be broken without anybody else seeing it.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files that git knows, as they are in the working tree, with the installed packages linked in. */
export async function copyOf(root) {
  const dir = await mkdtemp(join(tmpdir(), `keyfold-planted-${process.pid}-`));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of new Set(files.split('\0').filter(Boolean)))
    await cp(join(root, file), join(dir, file), { recursive: true }).catch((error) => {
      if (error.code !== 'ENOENT') throw error; // deleted in the working tree
    });
  await linkPackages(join(root, 'node_modules'), join(dir, 'node_modules'));
  return { dir, edit: (bug) => plant(dir, bug), remove: () => rm(dir, { recursive: true, force: true }) };
}

/** The packages of the workspace keep their relative links, which lead into the copy; all others lead to what is installed. */
async function linkPackages(from, to) {
  await mkdir(to);
  for (const name of await readdir(from))
    if (name === '@keyfold') {
      await mkdir(join(to, name));
      for (const own of await readdir(join(from, name))) await symlink(await readlink(join(from, name, own)), join(to, name, own));
    } else await symlink(join(from, name), join(to, name));
}

/** Applies the edits of a bug and gives back what takes them out again. Throws where the code has moved on. */
async function plant(dir, { name, edits }) {
  const originals = new Map();
  for (const { file, from, to } of edits) {
    const path = join(dir, file);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (!originals.has(path)) originals.set(path, text);
    const places = text.split(from).length - 1;
    if (places !== 1)
      throw new Error(
        `${name}: ${file} has ${places} places that read ${JSON.stringify(from)}, there must be one: plant it where the mechanism is now`,
      );
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
  return async () => {
    for (const [path, text] of originals) await writeFile(path, text);
  };
}
