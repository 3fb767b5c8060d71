// What must hold between the event types as they are now and the contracts as they were frozen. Each broken promise is one sentence that says what to do.
import { isDeepStrictEqual } from 'node:util';
import { goldenFile, schemaFile } from './frozen.mjs';
import { withoutWords } from './schemas.mjs';
import { validator } from './validation.mjs';

const FREEZE = 'run "npm run contracts -- freeze"';

/**
 * `contracts` and `asyncApi` are those of @keyfold/contracts, `schemas` the JSON Schemas of the types as they are now, `frozen` the files.
 * Empty when all holds.
 */
export const contractProblems = ({ contracts, asyncApi, schemas, frozen }) => {
  const specs = new Map(contracts.flatMap((contract) => Object.entries(contract.events)));
  const problems = [...frozen.tampered(), ...vanished(frozen, specs)];
  for (const [type, spec] of specs) problems.push(...typeProblems(type, spec, schemas.get(type), frozen));
  if (
    problems.length === 0 &&
    !isDeepStrictEqual(frozen.asyncApi, plain(asyncApi(contracts, (type, version) => frozen.schema(type, version))))
  )
    problems.push(`asyncapi.json is not that of the contracts: ${FREEZE}`);
  return problems;
};

const plain = (value) => JSON.parse(JSON.stringify(value));

const vanished = (frozen, specs) => {
  const known = (file) => /^(?:schemas|golden)\/(.+)\/v([1-9]\d*)\.json$/.exec(file);
  return [...frozen.files.keys()].flatMap((file) => {
    const [, type, version] = known(file) ?? [];
    if (!type) return [`${file} is neither a schema nor a golden payload: remove it`];
    if (!specs.has(type))
      return file.startsWith('schemas/')
        ? [`${type} is no longer in the contracts, but logs hold it: keep it there, also when nothing writes it any more`]
        : [];
    const current = specs.get(type).version;
    return Number(version) > current
      ? [`${file} is of a version beyond ${current}, the current one of ${type}: a version never goes back`]
      : [];
  });
};

const typeProblems = (type, spec, schema, frozen) => {
  if (!schema)
    return [
      `${type} has no data type: its contract must be an exported AggregateContract<E> whose E is a union of DomainEvent<type, data>`,
    ];
  return [
    ...personalProblems(type, spec, schema),
    ...upcasterProblems(type, spec),
    ...schemaProblems(type, spec, schema, frozen),
    ...goldenProblems(type, spec, frozen),
  ];
};

/** A personal text that the contract does not name would be stored readable. */
const personalProblems = (type, { personal }, schema) => {
  const declared = personalFields(schema);
  const encrypted = personal?.fields ?? [];
  return [
    ...declared
      .filter((field) => !encrypted.includes(field))
      .map((field) => `${type}: ${field} is Personal, but its contract does not list it in personal.fields: it would be stored readable`),
    ...encrypted
      .filter((field) => !declared.includes(field))
      .map((field) => `${type}: personal.fields names ${field}, whose type is not Personal`),
  ];
};

const personalFields = (schema, path = '') => [
  ...(schema.format === 'ciphertext' ? [path] : []),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => personalFields(property, path ? `${path}.${name}` : name)),
  ...[schema.items, ...(schema.anyOf ?? [])].filter(Boolean).flatMap((part) => personalFields(part, path)),
];

const upcasterProblems = (type, { version, upcast }) =>
  (upcast?.steps.length ?? 0) === version - 1
    ? []
    : [`${type}: version ${version} needs an upcaster from each older one, upcastFrom<V1>().to<V2>(...) and so on, ${version - 1} in all`];

const schemaProblems = (type, { version }, schema, frozen) => {
  const older = Array.from({ length: version - 1 }, (_, i) => i + 1).filter((each) => !frozen.schema(type, each));
  const missing = older.map((each) => `${schemaFile(type, each)} is missing: bring it back from git; a version cannot be left out`);
  const current = frozen.schema(type, version);
  if (!current) return [...missing, `${type}: version ${version} is not frozen yet: ${FREEZE}, read what it wrote, and commit it`];
  const place = difference(withoutWords(current), withoutWords(schema));
  return place === null ? missing : [...missing, changed(type, version, place, frozen)];
};

const changed = (type, version, place, frozen) =>
  frozen.isReleased(schemaFile(type, version))
    ? `${type}: the type is no longer that of version ${version} (${place}). Events of version ${version} are in logs, so: keep the old type as ${lastWord(type)}V${version}, ` +
      `raise the version to ${version + 1} in the contract, add the upcaster from ${version} to ${version + 1}, then ${FREEZE}`
    : `${type}: the type is no longer that of version ${version} (${place}), which was never committed: ${FREEZE} again`;

const lastWord = (type) => type.slice(type.lastIndexOf('.') + 1).replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());

/** Where two JSON values part, or null. */
const difference = (before, after, path = '') => {
  if (isDeepStrictEqual(before, after)) return null;
  const nested = [before, after].every((value) => value !== null && typeof value === 'object' && !Array.isArray(value));
  if (!nested) return `${path || 'the whole'}: ${JSON.stringify(before) ?? 'nothing'} was, ${JSON.stringify(after) ?? 'nothing'} is`;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const found = difference(before[key], after[key], `${path}/${key}`);
    if (found) return found;
  }
  return null;
};

/** Every version has a golden payload of exactly its shape, and upcast it has exactly the current shape. */
const goldenProblems = (type, spec, frozen) => {
  const problems = [];
  for (let version = 1; version <= spec.version; version++) {
    const golden = frozen.golden(type, version);
    const schemas = [frozen.schema(type, version), frozen.schema(type, spec.version)];
    if (!schemas[0] || !schemas[1]) continue; // said already
    if (!golden) {
      problems.push(
        `${goldenFile(type, version)} is missing: ${frozen.isReleased(goldenFile(type, version)) ? 'bring it back from git' : FREEZE}`,
      );
      continue;
    }
    const wrong = validator(schemas[0])(golden);
    if (wrong) problems.push(`${goldenFile(type, version)} does not have the shape of its schema: ${wrong}`);
    else problems.push(...upcastProblems({ type, spec, version, golden, current: schemas[1] }));
  }
  return problems;
};

const upcastProblems = ({ type, spec, version, golden, current }) => {
  try {
    const upcast = (spec.upcast?.steps ?? []).slice(version - 1).reduce((data, step) => step(data), golden);
    const wrong = validator(current)(plain(upcast));
    return wrong
      ? [`${type}: a payload of version ${version} is upcast to something that is not of version ${spec.version}: ${wrong}`]
      : [];
  } catch (error) {
    return [`${type}: the upcaster does not take a payload of version ${version}: ${error.message}`];
  }
};
