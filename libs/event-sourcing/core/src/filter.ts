import type { Filter } from './ports.js';

const OPERATORS = new Set(['$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$ne', '$exists']);

/** Rows for which all of these hold; every row when there are none. */
export const allOf = (filters: readonly Filter[]): Filter => (filters.length === 0 ? {} : { $and: filters });

/**
 * Throws TypeError for a filter with anything in it that `Filter` does not name: an operator, an object as an operand, a field that looks like one.
 * Adapters call it before a filter reaches the database, whatever the types of the caller said.
 */
export function assertFilter(filter: Filter): void {
  if (!isPlain(filter)) throw new TypeError('a filter must be an object');
  for (const [field, condition] of Object.entries(filter))
    if (field === '$and' || field === '$or') {
      if (!Array.isArray(condition) || condition.length === 0) throw new TypeError(`${field} needs a list of filters`);
      condition.forEach(assertFilter);
    } else if (field.startsWith('$')) throw new TypeError(`${field} is not an operator of filters`);
    else if (!isScalar(condition)) assertOperators(field, condition);
}

function assertOperators(field: string, condition: unknown): void {
  if (!isPlain(condition) || Object.keys(condition).length === 0) throw new TypeError(`${field}: neither a value nor operators`);
  for (const [operator, operand] of Object.entries(condition)) {
    if (!OPERATORS.has(operator)) throw new TypeError(`${field}: ${operator} is not an operator of filters`);
    const list = operator === '$in' || operator === '$nin';
    if (list ? !Array.isArray(operand) || !operand.every(isScalar) : !isScalar(operand)) throw new TypeError(`${field}: ${operator} cannot take that operand`);
  }
}

const isScalar = (value: unknown): boolean => value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
