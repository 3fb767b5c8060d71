import type { ServiceUnderTest } from '@keyfold/testing';

/** The routes of a running Keyfold as it describes them itself: a new route is in every table below without anybody's doing. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly service: string;
  readonly roles: readonly string[];
  readonly isCommand: boolean;
  readonly body: Schema | null;
}

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

interface Operation {
  readonly description?: string;
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> };
}

export async function routesOf(keyfold: ServiceUnderTest): Promise<Route[]> {
  const { paths } = (await (await keyfold.fetch('/api/openapi.json')).json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.description !== undefined)
      .map(([method, operation]) => ({
        method: method.toUpperCase() as 'GET' | 'POST',
        path,
        service: path.split('/')[2]!,
        roles: /^For (.*)\.$/.exec(operation.description!)![1]!.split(', '),
        isCommand: operation.parameters.some((parameter) => parameter.name === 'If-Match'),
        body: operation.requestBody?.content['application/json']?.schema ?? null,
      })),
  );
}

/** What stands for any id in a sampled body. */
export const SAMPLE_ID = '00000000-0000-4000-8000-00000000abcd';

/** The least value that a schema lets through. */
export function sample(schema: Schema): unknown {
  if (schema.anyOf) return sample(schema.anyOf[0]!);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, sample(schema.properties![name]!)]));
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items!));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, 0);
    case 'boolean':
      return true;
    default:
      return sampleText(schema);
  }
}

function sampleText({ format, pattern }: Schema): string {
  if (format === 'date') return '2026-01-15';
  if (format === 'date-time') return '2026-01-15T10:00:00Z';
  if (format === 'time-zone') return 'Europe/Paris';
  if (pattern?.includes('[A-Z]{3}')) return 'EUR';
  if (pattern?.includes('@')) return 'somebody@client.test';
  if (pattern?.includes('+')) return '+33 1 23 45 67 89';
  return pattern ? SAMPLE_ID : 'Some text';
}

/** The schema's own type is not among these. */
export const WRONG_VALUES: readonly unknown[] = [{ $gt: '' }, [['x']], { a: { b: 1 } }, 9_007_199_254_740_992, '\u0007', ''];

export const bodyOf = (schema: Schema | null): Record<string, unknown> => (schema ? (sample(schema) as Record<string, unknown>) : {});
