import type { Condition, Filter, RowQuery } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';

const COMPARISONS = new Set(['$gt', '$gte', '$lt', '$lte', '$ne']);
const LISTS = new Set(['$in', '$nin']);
const LONGEST_LIST = 10_000;
export const LARGEST_PAGE = 10_000;

type Scalar = string | number | boolean | null;

/**
 * The filter as the driver takes it, rebuilt from its parts: nothing that came from outside reaches the server as an object.
 * Throws TypeError for anything that is not a Condition, also for undefined, which would otherwise match more than was meant.
 */
export function castFilter(filter: Filter): mongo.Filter<mongo.Document> {
  const parts = Object.entries(filter).map(([field, condition]: [string, unknown]) => {
    if (field === '$and' || field === '$or') {
      if (!Array.isArray(condition) || condition.length === 0) throw new TypeError(`filter: ${field} takes a list of filters`);
      return { [field]: condition.map((part) => castFilter(part as Filter)) };
    }
    return { [castField(field)]: castCondition(field, condition) };
  });
  return parts.length === 1 ? parts[0]! : parts.length === 0 ? {} : { $and: parts };
}

function castCondition(field: string, condition: unknown): mongo.Document {
  if (isScalar(condition)) return { $eq: condition };
  if (typeof condition !== 'object' || Array.isArray(condition)) throw new TypeError(`filter: ${field} takes a value or operators`);
  const operators = Object.entries(condition as Exclude<Condition, Scalar>);
  if (operators.length === 0) throw new TypeError(`filter: ${field} has no operator`);
  return Object.fromEntries(operators.map(([operator, operand]) => [operator, castOperand(field, operator, operand)]));
}

function castOperand(field: string, operator: string, operand: unknown): unknown {
  if (LISTS.has(operator)) {
    if (!Array.isArray(operand) || operand.length > LONGEST_LIST || !operand.every(isScalar))
      throw new TypeError(`filter: ${field} ${operator} takes a list of at most ${LONGEST_LIST} values`);
    return [...operand];
  }
  if (operator === '$exists' ? typeof operand === 'boolean' : COMPARISONS.has(operator) && isScalar(operand)) return operand;
  throw new TypeError(`filter: ${field} does not take ${operator} with ${typeof operand}`);
}

/** The id of a row is kept as `_id`. */
export function castField(field: string): string {
  if (field === '' || field.startsWith('_') || /[$\0]/.test(field)) throw new TypeError(`filter: ${JSON.stringify(field)} is not a field of a row`);
  return field === 'id' ? '_id' : field;
}

const isScalar = (value: unknown): value is Scalar => value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value));

/** The sort with the row id as its last key, which makes the order total. */
export function castSort(sort: RowQuery['sort'] = {}): Map<string, 1 | -1> {
  const keys = new Map<string, 1 | -1>();
  for (const [field, direction] of Object.entries(sort)) {
    if (direction !== 1 && direction !== -1) throw new TypeError(`sort: ${field} takes 1 or -1`);
    keys.set(castField(field), direction);
  }
  if (!keys.has('_id')) keys.set('_id', 1);
  return keys;
}

/**
 * Rows behind the row with these sort key values: smaller in an earlier key than none, equal in all before it. Null and absent are one value, the smallest;
 * the comparison operators leave it out, so it is named.
 */
export function castAfter(sort: ReadonlyMap<string, 1 | -1>, after: readonly unknown[]): mongo.Filter<mongo.Document> {
  const keys = [...sort];
  if (after.length !== keys.length) throw new TypeError(`after: takes ${keys.length} values, one per sort key and the row id`);
  const values = after.map((value) => {
    if (value !== undefined && !isScalar(value)) throw new TypeError('after: takes values');
    return value ?? null;
  });
  const branches = keys.flatMap(([field, direction], i) => {
    const beyond = behind(field, direction, values[i]!);
    return beyond ? [{ $and: [...keys.slice(0, i).map(([equal], k) => ({ [equal]: { $eq: values[k]! } })), beyond] }] : [];
  });
  return branches.length > 0 ? { $or: branches } : { _id: { $in: [] } };
}

function behind(field: string, direction: 1 | -1, value: Scalar): mongo.Document | null {
  if (direction === 1) return { [field]: value === null ? { $ne: null } : { $gt: value } };
  return value === null ? null : { $or: [{ [field]: { $lt: value } }, { [field]: { $eq: null } }] };
}

export function castLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) throw new RangeError(`limit: from 1 to ${LARGEST_PAGE}, not ${limit}`);
  return limit;
}
