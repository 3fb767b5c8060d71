import { createRequire } from 'node:module';
import { getMetadataStorage } from 'class-validator';
import { isNotNull, RuleSchema } from './validators.js';

/** Where class-transformer keeps what `@Type` said; not part of its typed surface. */
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: { findTypeMetadata(target: Class, property: string): { typeFunction(): Class } | undefined };
};

type Schema = Record<string, unknown>;
type Class = abstract new (...args: never[]) => object;

interface Rule {
  readonly type: string;
  readonly name?: string;
  readonly propertyName: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
}

/** What the rules of class-validator itself let through. */
const BUILT_IN: Readonly<Record<string, (...constraints: never[]) => Schema>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  matches: (pattern: RegExp) => ({ type: 'string', pattern: pattern.source }),
  isIn: (values: readonly unknown[]) => ({ enum: values }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
};

/** JSON Schema of a body or query class, from the very rules that judge it: it cannot say anything else than they do. */
export function schemaOf(type: Class): Schema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false) as readonly Rule[];
  const byProperty = Map.groupBy(rules, (rule) => rule.propertyName);
  const required = [...byProperty].filter(([, own]) => !own.some(isOptional)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries([...byProperty].map(([name, own]) => [name, propertySchema(type, name, own)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** Absent is allowed. `OrNull` is a condition too, but the value must be there. */
const isOptional = (rule: Rule): boolean => rule.type === 'conditionalValidation' && rule.constraints?.[0] !== isNotNull;
const allowsNull = (rule: Rule): boolean => rule.type === 'conditionalValidation';

function propertySchema(type: Class, name: string, rules: readonly Rule[]): Schema {
  const nested = rules.some((rule) => rule.type === 'nestedValidation') ? nestedType(type, name) : null;
  const { minItems, maxItems, ...ofRules }: Schema = Object.assign({}, ...rules.map(ruleSchema));
  const own = nested ? schemaOf(nested) : ofRules;
  const limits = { ...(minItems !== undefined && { minItems }), ...(maxItems !== undefined && { maxItems }) };
  const list = rules.some((rule) => rule.each || rule.name === 'isArray');
  const schema = list ? { type: 'array', items: { ...own, ...(own['type'] === 'array' && { type: undefined }) }, ...limits } : { ...own, ...limits };
  return rules.some(allowsNull) ? { anyOf: [schema, { type: 'null' }] } : schema;
}

function ruleSchema({ name, constraints = [] }: Rule): Schema {
  const [first] = constraints;
  if (first instanceof RuleSchema) return { ...first.schema };
  return BUILT_IN[name ?? '']?.(...(constraints as never[])) ?? {};
}

const nestedType = (type: Class, name: string): Class | null => defaultMetadataStorage.findTypeMetadata(type, name)?.typeFunction() ?? null;
