import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, buildMessage, IsArray, IsObject, IsOptional, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { Bilingual, Money, Provenance } from '@keyfold/contracts';
import { isDate } from '../time.js';

type Check = (value: unknown) => boolean;

/** JSON Schema of what a rule lets through; the API description is made from it. */
export class RuleSchema {
  constructor(readonly schema: Readonly<Record<string, unknown>>) {}
}

const rule = (name: string, wants: string, schema: Readonly<Record<string, unknown>>, validate: Check): PropertyDecorator =>
  ValidateBy({ name, constraints: [new RuleSchema(schema)], validator: { validate, defaultMessage: buildMessage((each) => `${each}must be ${wants}`) } });

/** No NUL or other control characters (line breaks and tabs only where `multiline`), no half surrogate pairs. */
function isCleanText(value: unknown, max: number, multiline: boolean): value is string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  const forbidden = multiline ? /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/ : /[\u0000-\u001f\u007f]/;
  return typeof value === 'string' && value.length <= max && value.isWellFormed() && !forbidden.test(value);
}

const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** An opaque id: 1 to 64 letters, digits and hyphens. */
export const IsId = (): PropertyDecorator =>
  rule('isId', 'an id of 1 to 64 letters, digits and hyphens', { type: 'string', pattern: ID.source }, (value) => typeof value === 'string' && ID.test(value));

/** A code that people gave to something: lower-case letters, digits and hyphens. */
export const IsCode = (): PropertyDecorator =>
  rule('isCode', 'a code of 1 to 40 lower-case letters, digits and hyphens', { type: 'string', pattern: CODE.source }, (value) => typeof value === 'string' && CODE.test(value));
const CODE = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** One line with something on it. */
export const IsName = (max = 200): PropertyDecorator =>
  rule('isName', `one line of 1 to ${max} characters`, { type: 'string', minLength: 1, maxLength: max }, (value) => isCleanText(value, max, false) && value.trim() !== '');

/** Free text, several lines, with something on them; a text that is not there is left out. */
export const IsText = (max = 4_000): PropertyDecorator =>
  rule('isText', `text of 1 to ${max} characters`, { type: 'string', minLength: 1, maxLength: max }, (value) => isCleanText(value, max, true) && value.trim() !== '');

const MAIL = /^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,189}$/;

/** One mail address. */
export const IsMail = (): PropertyDecorator => rule('isMail', 'a mail address', { type: 'string', pattern: MAIL.source }, (value) => isCleanText(value, 254, false) && MAIL.test(value));

const PHONE = /^\+?[0-9][0-9 ().-]{3,30}$/;

/** A phone number as people write it. */
export const IsPhone = (): PropertyDecorator => rule('isPhone', 'a phone number', { type: 'string', pattern: PHONE.source }, (value) => typeof value === 'string' && PHONE.test(value));

/** A list of values out of a set, each once. */
export const IsSetOf = (values: readonly string[]): PropertyDecorator =>
  rule('isSetOf', `a list of different values out of ${values.join(', ')}`, { type: 'array', items: { enum: values }, maxItems: values.length, uniqueItems: true }, (value) =>
    Array.isArray(value) && value.every((one) => values.includes(one as string)) && new Set(value).size === value.length);

/** A whole number within bounds; never beyond what a double holds exactly. */
export const IsWhole = (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): PropertyDecorator =>
  rule('isWhole', `a whole number from ${min} to ${max}`, { type: 'integer', minimum: min, maximum: max }, (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max);

/** A finite number within bounds. */
export const IsReal = (min: number, max: number): PropertyDecorator =>
  rule('isNumber', `a number from ${min} to ${max}`, { type: 'number', minimum: min, maximum: max }, (value) => typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max);

/** `YYYY-MM-DD`, a date that exists, in the years 1900 to 2199. */
export const IsDateOnly = (): PropertyDecorator => rule('isDateOnly', 'a date that exists, YYYY-MM-DD', { type: 'string', format: 'date' }, isDate);

const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** An RFC 3339 instant in the years 1900 to 2199. */
export const IsInstant = (): PropertyDecorator =>
  rule('isInstant', 'an RFC 3339 instant such as 2017-06-30T10:00:00Z', { type: 'string', format: 'date-time' }, (value) => typeof value === 'string' && isDate(INSTANT.exec(value)?.[1]));

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
export const IsCurrency = (): PropertyDecorator => rule('isCurrency', 'an ISO 4217 currency code', { type: 'string', pattern: '^[A-Z]{3}$' }, (value) => typeof value === 'string' && CURRENCIES.has(value));

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** ISO 3166-1 alpha-2. */
export const IsCountry = (): PropertyDecorator =>
  rule('isCountry', 'an ISO 3166-1 country code such as FR', { type: 'string', pattern: COUNTRY.source }, (value) => typeof value === 'string' && COUNTRY.test(value) && COUNTRIES.of(value) !== undefined);
const COUNTRY = /^[A-Z]{2}$/;

/** A year in a query, 2000 to 2199. */
export const IsYear = (): PropertyDecorator => (target, property) => {
  Type(() => Number)(target, property as string);
  IsWhole(2_000, 2_199)(target, property);
};

const MONTH = /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/;

/** `YYYY-MM`. */
export const IsMonth = (): PropertyDecorator => rule('isMonth', 'a month, YYYY-MM', { type: 'string', pattern: MONTH.source }, (value) => typeof value === 'string' && MONTH.test(value));

/** The value may be null; absent is an error. */
export const OrNull = (): PropertyDecorator => ValidateIf(isNotNull);
export const isNotNull = (_body: object, value: unknown): boolean => value !== null;

/** The value may be absent; null is an error. */
export const OrAbsent = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined);

/** The value may be null or absent. */
export const OrNothing = (): PropertyDecorator => IsOptional();

/** A nested body. Lists and plain values are refused: class-transformer would take a list as many of them. */
export const IsBody =
  (type: () => new () => object): PropertyDecorator =>
  (target, property) => {
    Type(type)(target, property as string);
    IsObject()(target, property);
    ValidateNested()(target, property as string);
  };

/** A list of nested bodies, with a limit. */
export const IsBodies =
  (type: () => new () => object, max: number, min = 0): PropertyDecorator =>
  (target, property) => {
    Type(type)(target, property as string);
    IsArray()(target, property as string);
    ArrayMinSize(min)(target, property as string);
    ArrayMaxSize(max)(target, property as string);
    IsObject({ each: true })(target, property);
    ValidateNested({ each: true })(target, property as string);
  };

/** A list of ids, each once. */
export const IsIds = (max: number, min = 0): PropertyDecorator =>
  rule('isIds', `a list of ${min} to ${max} different ids`, { type: 'array', items: { type: 'string', pattern: ID.source }, minItems: min, maxItems: max, uniqueItems: true }, (value) =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every((id) => typeof id === 'string' && ID.test(id)) && new Set(value).size === value.length);

/** A list of lines with something on them, each once. */
export const IsNames = (max: number, length = 200): PropertyDecorator =>
  rule('isNames', `a list of at most ${max} different lines`, { type: 'array', items: { type: 'string', minLength: 1, maxLength: length }, maxItems: max, uniqueItems: true }, (value) =>
    Array.isArray(value) && value.length <= max && value.every((line) => isCleanText(line, length, false) && line.trim() !== '') && new Set(value).size === value.length);

/** A list of shares in per cent, 0 to 100. */
export const IsPercents = (max: number, min = 0): PropertyDecorator =>
  rule('isPercents', `a list of ${min} to ${max} numbers from 0 to 100`, { type: 'array', items: { type: 'number', minimum: 0, maximum: 100 }, minItems: min, maxItems: max }, (value) =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every((share) => typeof share === 'number' && share >= 0 && share <= 100));

/** A list of dates, each once. */
export const IsDates = (max: number): PropertyDecorator =>
  rule('isDates', `a list of at most ${max} different dates`, { type: 'array', items: { type: 'string', format: 'date' }, maxItems: max, uniqueItems: true }, (value) =>
    Array.isArray(value) && value.length <= max && value.every(isDate) && new Set(value).size === value.length);

/** Days of the week as ISO 8601 numbers them: Monday 1 to Sunday 7. */
export const IsWeekdays = (): PropertyDecorator =>
  rule('isWeekdays', 'a list of different weekdays, 1 to 7', { type: 'array', items: { type: 'integer', minimum: 1, maximum: 7 }, maxItems: 6, uniqueItems: true }, (value) =>
    Array.isArray(value) && value.length <= 6 && value.every((day) => Number.isInteger(day) && day >= 1 && day <= 7) && new Set(value).size === value.length);

const ZONES = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
export const IsTimeZone = (): PropertyDecorator => rule('isTimeZone', 'an IANA time zone', { type: 'string', format: 'time-zone', maxLength: 40 }, (value) => typeof value === 'string' && ZONES.has(value));

/** A text in English and in French. */
export class BilingualBody implements Bilingual {
  @IsName(200) en!: string;
  @IsName(200) fr!: string;
}

const MAX_AMOUNT_MINOR = 1e15;

export class MoneyBody implements Money {
  @IsWhole(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR) amountMinor!: number;
  @IsCurrency() currency!: string;
}

class PositiveMoneyBody implements Money {
  @IsWhole(0, MAX_AMOUNT_MINOR) amountMinor!: number;
  @IsCurrency() currency!: string;
}

/** Money of either sign, up to 10 million millions. */
export const IsMoney = (): PropertyDecorator => IsBody(() => MoneyBody);

/** Money that is not negative. */
export const IsPositiveMoney = (): PropertyDecorator => IsBody(() => PositiveMoneyBody);

/** Where an imported record comes from (see Provenance in the contracts). */
export class ProvenanceBody implements Provenance {
  @IsName(64) source!: string;
  @IsName(64) entity!: string;
  @IsName(200) rowKey!: string;
  @IsId() run!: string;
}
