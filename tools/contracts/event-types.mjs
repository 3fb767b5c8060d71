// Finds the event types of all contracts in the TypeScript sources: every exported AggregateContract<E> and the members of its union E.
import { join } from 'node:path';
import ts from 'typescript';
import { jsonSchemaOf } from './json-schema.mjs';

const parsed = new Map();

/** Sources are parsed once; the entry may be given as text, so that a test needs no files. */
const programOf = (entry, text) => {
  const options = readOptions(join(import.meta.dirname, '../../libs/contracts/tsconfig.json'));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (file, ...rest) => {
    if (file === entry && text !== undefined) return ts.createSourceFile(file, text, ...rest);
    if (!parsed.has(file)) parsed.set(file, getSourceFile(file, ...rest));
    return parsed.get(file);
  };
  host.fileExists = (file) => file === entry || fileExists(file);
  return ts.createProgram([entry], options, host);
};

const readOptions = (file) => {
  return ts.getParsedCommandLineOfConfigFile(file, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail }).options;
};

const fail = (diagnostic) => {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
};

/**
 * JSON Schema of the data of each event type, by type string. `entry` is the file whose exports are the contracts.
 * Throws for a type that has no JSON form, and for an entry that does not compile.
 */
export const schemasOf = (entry, text) => {
  const program = programOf(entry, text);
  const source = program.getSourceFile(entry);
  const [wrong] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  if (wrong) fail(wrong);
  const checker = program.getTypeChecker();
  const schemas = new Map();
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
    const type = checker.getTypeOfSymbol(symbol);
    if (type.symbol?.name !== 'AggregateContract') continue;
    const [events] = checker.getTypeArguments(type);
    const sentences = sentencesOf(events);
    for (const event of events.isUnion() ? events.types : [events]) {
      const name = checker.getTypeOfPropertyOfType(event, 'type').value;
      schemas.set(name, describe(name, jsonSchemaOf(checker, checker.getTypeOfPropertyOfType(event, 'data'), name), sentences));
    }
  }
  return schemas;
};

const describe = (name, schema, sentences) => {
  const { type, description: own, ...rest } = schema;
  const description = sentences.get(lastPart(name)) ?? own;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: name, ...(description && { description }), type, ...rest };
};

const lastPart = (name) => name.slice(name.lastIndexOf('.') + 1);

/** The comments before the members of the union, by the last part of the event type; the compiler keeps them nowhere. */
const sentencesOf = (events) => {
  const declaration = events.aliasSymbol?.declarations?.[0];
  if (!declaration) return new Map();
  const source = declaration.getSourceFile().text;
  const members = ts.isUnionTypeNode(declaration.type) ? declaration.type.types : [declaration.type];
  let end = declaration.type.pos;
  return new Map(
    members.flatMap((member) => {
      const comment = [...source.slice(end, member.getStart()).matchAll(/\/\*\*(.*?)\*\//gs)].at(-1)?.[1];
      end = member.end;
      const name = member.typeArguments?.[0]?.getText().replace(/['"`]/g, '');
      return comment && name ? [[lastPart(name), comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()]] : [];
    }),
  );
};
