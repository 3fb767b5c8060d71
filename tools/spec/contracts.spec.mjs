import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freeze } from '../contracts/freeze.mjs';
import { Frozen, historyOf } from '../contracts/frozen.mjs';
import { contractProblems } from '../contracts/gate.mjs';
import { compiled, TYPE } from './made-up-contract.mjs';

jest.setTimeout(60_000); // the compiler is slow on a busy machine

/** The steps of an Upcasters chain. */
const chain = (...steps) => ({ steps });
const V1 = '{ to: string }';
const V2 = '{ place: string }';
const V3 = '{ place: string; floor: number }';
const toV2 = (old) => ({ place: old.to });
const toV3 = (old) => ({ ...old, floor: 0 });

describe('the gate', () => {
  const compiledTypes = {};
  beforeAll(() => {
    Object.assign(compiledTypes, { V1: compiled(V1), V2: compiled(V2), V3: compiled(V3) });
  });
  const folders = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  const repository = () => {
    const folder = mkdtempSync(join(tmpdir(), 'contracts-'));
    folders.push(folder);
    const git = (...args) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('init', '-q');
    const state = (schemas, spec) => ({
      contracts: [{ service: 'test', name: 'thing', streamPrefix: 'thing', events: { [TYPE]: spec } }],
      asyncApi: (contracts, schema) => ({
        types: contracts.flatMap(({ events }) =>
          Object.entries(events).map(([type, { version }]) => [type, version, schema(type, version)]),
        ),
      }),
      schemas,
      frozen: new Frozen(folder, historyOf(folder)),
    });
    const path = (file) => join(folder, file);
    return {
      check: (schemas, spec) => contractProblems(state(schemas, spec)),
      freeze: (schemas, spec) => freeze(state(schemas, spec)),
      commit: () => {
        git('add', '-A');
        git('commit', '-qm', 'freeze');
      },
      json: (file) => JSON.parse(readFileSync(path(file), 'utf8')),
      text: (file) => readFileSync(path(file), 'utf8'),
      edit: (file, change) => writeFileSync(path(file), change(readFileSync(path(file), 'utf8'))),
      remove: (file) => rmSync(path(file)),
      git,
      withoutGit: () => rmSync(path('.git'), { recursive: true }),
    };
  };

  /** A repository whose version 1 is committed. */
  const released = () => {
    const repo = repository();
    repo.freeze(compiledTypes.V1, { version: 1 });
    repo.commit();
    return repo;
  };

  it('wants a new event type frozen, and holds once it is', () => {
    const repo = repository();
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([
      expect.stringContaining(`${TYPE}: version 1 is not frozen yet: run "npm run contracts -- freeze"`),
    ]);
    expect(repo.freeze(compiledTypes.V1, { version: 1 })).toEqual([`schemas/${TYPE}/v1.json`, `golden/${TYPE}/v1.json`]);
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([]);
    expect(repo.freeze(compiledTypes.V1, { version: 1 })).toEqual([]);
  });

  it('freezes again what was never committed, and never what was', () => {
    const repo = repository();
    repo.freeze(compiledTypes.V2, { version: 1 });
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([expect.stringContaining('which was never committed')]);
    repo.freeze(compiledTypes.V1, { version: 1 });
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([]);
    repo.commit();
    const before = repo.text(`schemas/${TYPE}/v1.json`);
    expect(repo.freeze(compiledTypes.V2, { version: 1 })).toEqual([]);
    expect(repo.text(`schemas/${TYPE}/v1.json`)).toBe(before);
  });

  it('refuses a changed type under the same version, and says what to do', () => {
    const [problem, ...others] = released().check(compiledTypes.V2, { version: 1 });
    expect(others).toEqual([]);
    expect(problem).toContain(`${TYPE}: the type is no longer that of version 1`);
    for (const advice of ['raise the version to 2', 'MovedV1', 'upcaster from 1 to 2', 'npm run contracts -- freeze'])
      expect(problem).toContain(advice);
  });

  it.each([
    ['a field that is added', '{ to: string; by: string }'],
    ['an optional field that is added', '{ to: string; by?: string }'],
    ['a field that becomes optional', '{ to?: string }'],
    ['a field that may be null', '{ to: string | null }'],
    ['another format', '{ to: DateOnly }'],
    ['a narrower text', "{ to: 'Lyon' | 'Paris' }"],
  ])('notices %s', (_what, data) => {
    expect(released().check(compiled(data), { version: 1 })).toEqual([expect.stringContaining('raise the version to 2')]);
  });

  it('does not mind an edited comment, nor another order of the fields', () => {
    const repo = repository();
    repo.freeze(compiled("{ to: string; mode: 'rail' | 'road' }"), { version: 1 });
    repo.commit();
    expect(repo.check(compiled("{ /** How. */ mode: 'road' | 'rail'; to: string }"), { version: 1 })).toEqual([]);
  });

  it('wants an upcaster from each older version, and a frozen schema of the new one', () => {
    const repo = released();
    expect(repo.check(compiledTypes.V2, { version: 2 })).toContainEqual(
      expect.stringContaining('version 2 needs an upcaster from each older one'),
    );
    expect(repo.check(compiledTypes.V2, { version: 2, upcast: chain(toV2) })).toEqual([
      expect.stringContaining('version 2 is not frozen yet'),
    ]);
    repo.freeze(compiledTypes.V2, { version: 2, upcast: chain(toV2) });
    expect(repo.check(compiledTypes.V2, { version: 2, upcast: chain(toV2) })).toEqual([]);
  });

  it('goes on over three versions, each golden payload made from the one before', () => {
    const repo = released();
    repo.freeze(compiledTypes.V2, { version: 2, upcast: chain(toV2) });
    repo.commit();
    const third = { version: 3, upcast: chain(toV2, toV3) };
    repo.freeze(compiledTypes.V3, third);
    expect(repo.check(compiledTypes.V3, third)).toEqual([]);
    expect(repo.json(`golden/${TYPE}/v3.json`)).toEqual({ place: repo.json(`golden/${TYPE}/v1.json`).to, floor: 0 });
  });

  it('folds golden payloads of every old version through the chain: one that does not arrive is refused', () => {
    const repo = released();
    const repair = { version: 2, upcast: chain(toV2) };
    repo.freeze(compiledTypes.V2, repair);
    repo.commit();
    const loses = { version: 2, upcast: chain(() => ({})) };
    expect(repo.check(compiledTypes.V2, loses)).toEqual([
      expect.stringMatching(/payload of version 1 is upcast to something that is not of version 2: .*'place'/),
    ]);
    const throws = { version: 2, upcast: chain((old) => ({ place: old.from.toUpperCase() })) };
    expect(repo.check(compiledTypes.V2, throws)).toEqual([expect.stringContaining('the upcaster does not take a payload of version 1')]);
    expect(repo.check(compiledTypes.V2, repair)).toEqual([]);
  });

  it.each(['schemas', 'golden'])('sees that a frozen file in %s was changed, with git and without', (kind) => {
    const repo = released();
    const file = `${kind}/${TYPE}/v1.json`;
    repo.edit(file, (text) => text.replaceAll('to', 'into'));
    expect(repo.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining(`${file} is not what was first committed`));
    // Also when the manifest goes along and all of it is committed.
    repo.edit('frozen.json', () => '{}');
    repo.freeze(compiledTypes.V1, { version: 1 });
    repo.commit();
    expect(repo.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining(`${file} is not what was first committed`));

    const plain = repository();
    plain.freeze(compiledTypes.V1, { version: 1 });
    plain.edit(file, (text) => text.replaceAll('to', 'into'));
    expect(plain.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining(`${file} is not what frozen.json says`));
  });

  it('sees that a frozen file was removed and added again as another one', () => {
    const repo = released();
    const file = `schemas/${TYPE}/v1.json`;
    repo.git('rm', '-qr', 'schemas', 'golden');
    repo.commit();
    repo.edit('frozen.json', () => '{}');
    repo.git('checkout', '-q', 'HEAD~1', '--', 'schemas', 'golden');
    repo.edit(file, (text) => text.replaceAll('to', 'into'));
    repo.commit();
    expect(repo.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining(`${file} is not what was first committed`));
  });

  it('takes either text where branches that froze the same version were merged', () => {
    const repo = repository();
    repo.freeze(compiledTypes.V1, { version: 1 });
    repo.git('commit', '-q', '--allow-empty', '-m', 'begin');
    repo.git('checkout', '-q', '-b', 'other');
    repo.commit();
    repo.git('checkout', '-q', '-');
    repo.freeze(compiledTypes.V2, { version: 1 });
    repo.commit();
    repo.git('merge', '-q', '-s', 'ours', 'other', '-m', 'merge');
    expect(repo.check(compiledTypes.V2, { version: 1 })).toEqual([]);
    repo.git('checkout', '-q', 'other');
    repo.git('merge', '-q', '--no-ff', '-s', 'ours', '@{-1}', '-m', 'merge the other way');
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([]);
  });

  it('takes everything frozen for released where there is no git', () => {
    const repo = released();
    const before = repo.text(`schemas/${TYPE}/v1.json`);
    repo.withoutGit();
    expect(repo.check(compiledTypes.V2, { version: 1 })).toEqual([expect.stringContaining('raise the version to 2')]);
    expect(repo.freeze(compiledTypes.V2, { version: 1 })).toEqual([]);
    expect(repo.text(`schemas/${TYPE}/v1.json`)).toBe(before);
  });

  it('sees that a frozen file has vanished', () => {
    const repo = released();
    repo.freeze(compiledTypes.V2, { version: 2, upcast: chain(toV2) });
    repo.commit();
    repo.remove(`schemas/${TYPE}/v1.json`);
    repo.edit('frozen.json', (text) => text.replace(/.*schemas.*v1.*\n/, ''));
    const problems = repo.check(compiledTypes.V2, { version: 2, upcast: chain(toV2) });
    expect(problems).toContainEqual(expect.stringContaining(`schemas/${TYPE}/v1.json is missing`));
  });

  it('sees that an event type or a version was taken back', () => {
    const repo = released();
    repo.freeze(compiledTypes.V2, { version: 2, upcast: chain(toV2) });
    expect(repo.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining('a version never goes back'));
    const other = { contracts: [], asyncApi: () => ({}), schemas: new Map(), frozen: new Frozen(folders.at(-1)) };
    expect(contractProblems(other)).toContainEqual(expect.stringContaining(`${TYPE} is no longer in the contracts`));
  });

  it('sees a golden payload that is not of its schema', () => {
    const repo = repository();
    repo.freeze(compiledTypes.V1, { version: 1 });
    repo.edit(`golden/${TYPE}/v1.json`, () => '{ "to": "Lyon", "by": "rail" }');
    expect(repo.check(compiledTypes.V1, { version: 1 })).toContainEqual(expect.stringContaining('does not have the shape of its schema'));
  });

  it('sees a personal field that would be stored readable', () => {
    const repo = repository();
    const schemas = compiled('{ personId: string; name: Personal; contact: { mail: Personal | null } }');
    const personal = { of: 'personId', fields: ['name'] };
    repo.freeze(schemas, { version: 1, personal });
    expect(repo.check(schemas, { version: 1, personal })).toEqual([
      expect.stringContaining('contact.mail is Personal, but its contract does not list it'),
    ]);
    expect(repo.check(compiledTypes.V1, { version: 1, personal })).toContainEqual(
      expect.stringContaining('personal.fields names name, whose type is not Personal'),
    );
  });

  it('wants the AsyncAPI document to be that of the contracts', () => {
    const repo = released();
    repo.edit('asyncapi.json', () => '{}');
    expect(repo.check(compiledTypes.V1, { version: 1 })).toEqual([
      'asyncapi.json is not that of the contracts: run "npm run contracts -- freeze"',
    ]);
  });
});
