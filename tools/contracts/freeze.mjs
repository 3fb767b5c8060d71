// Writes down what is not frozen yet: schema and golden payload of new versions, and the AsyncAPI document. Never touches what was committed.
import { createHash } from 'node:crypto';
import { goldenFile, schemaFile } from './frozen.mjs';
import { validator } from './validation.mjs';

/** Returns the files it wrote. The golden payload of a new version is the one before it, upcast; that of a new type is made up, to be edited. */
export const freeze = ({ contracts, asyncApi, schemas, frozen }) => {
  const written = [];
  const write = (file, value) => {
    frozen.write(file, value);
    written.push(file);
  };
  for (const [type, { version, upcast }] of contracts.flatMap((contract) => Object.entries(contract.events))) {
    const schema = schemas.get(type);
    if (!schema) continue; // the gate says so
    const [schemaPath, goldenPath] = [schemaFile(type, version), goldenFile(type, version)];
    if (!frozen.isReleased(schemaPath) && JSON.stringify(frozen.schema(type, version)) !== JSON.stringify(schema))
      write(schemaPath, schema);
    const golden = frozen.golden(type, version);
    if (!frozen.isReleased(goldenPath) && (golden === undefined || validator(schema)(golden) !== null)) {
      const before = version > 1 && frozen.golden(type, version - 1);
      write(goldenPath, before && upcast?.steps[version - 2] ? upcast.steps[version - 2](before) : sample(schema, type));
    }
  }
  frozen.writeManifest();
  const complete = contracts.every((contract) =>
    Object.entries(contract.events).every(([type, { version }]) =>
      Array.from({ length: version }, (_, i) => frozen.schema(type, i + 1)).every(Boolean),
    ),
  );
  if (complete) frozen.writeAsyncApi(asyncApi(contracts, (type, version) => frozen.schema(type, version)));
  return written;
};

/** A value of the schema with every field filled; the same for the same type. */
export const sample = (schema, name) => {
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0], name);
  const type = [schema.type].flat()[0];
  if (type === 'object')
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([field, property]) => [field, sample(property, field)]));
  if (type === 'array') return [sample(schema.items, name)];
  if (type === 'string') return sampleText(schema.format, name);
  return { boolean: true, integer: 1, number: 1, null: null }[type];
};

const sampleText = (format, name) => {
  if (format === 'date') return '2026-03-31';
  if (format === 'date-time') return '2026-03-31T09:30:00.000Z';
  if (format === 'ciphertext')
    return `kf1.${someId('person')}.${Buffer.from(`nonce, tag and ciphertext of ${name}`).toString('base64url')}`;
  return /(^id|Id)$/.test(name) ? someId(name) : `some ${name}`;
};

const someId = (name) =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
