import type { ValidationError } from 'class-validator';
import type { Language } from './problem-titles.js';

/** One field at fault. `pointer` is a JSON pointer (RFC 6901) into the body, or `/<name>` of a query parameter. */
export interface FieldError {
  readonly pointer: string;
  /** kebab-case name of the rule: `is-date-only`, `unknown-field`. */
  readonly code: string;
  readonly message: string;
}

const MAX_ERRORS = 50;

const FRENCH: Readonly<Record<string, string>> = {
  'unknown-field': "ce champ n'existe pas",
  'is-string': 'doit être un texte',
  'is-int': 'doit être un nombre entier',
  'is-number': 'doit être un nombre',
  'is-boolean': 'doit être vrai ou faux',
  'is-object': 'doit être un objet',
  'is-array': 'doit être une liste',
  'is-in': 'doit être une des valeurs permises',
  'is-defined': 'est obligatoire',
  'is-not-empty': 'ne doit pas être vide',
  'max-length': 'est trop long',
  'min-length': 'est trop court',
  'array-max-size': "a trop d'éléments",
  'array-min-size': "a trop peu d'éléments",
  min: 'est trop petit',
  max: 'est trop grand',
  matches: "n'a pas la forme attendue",
  'is-id': 'doit être un identifiant',
  'is-ids': "doit être une liste d'identifiants différents",
  'is-dates': 'doit être une liste de dates différentes',
  'is-weekdays': 'doit être une liste de jours de la semaine, de 1 à 7',
  'is-time-zone': 'doit être un fuseau horaire IANA',
  'is-code': 'doit être un code en minuscules, chiffres et tirets',
  'is-name': 'doit être un texte non vide, sans caractère de contrôle',
  'is-text': 'doit être un texte sans caractère de contrôle',
  'is-whole': 'doit être un nombre entier dans les bornes',
  'is-date-only': 'doit être une date qui existe, AAAA-MM-JJ',
  'is-instant': 'doit être un instant RFC 3339, par exemple 2017-06-30T10:00:00Z',
  'is-currency': 'doit être un code de devise ISO 4217',
  'nested-validation': 'doit être un objet',
};

/** The field errors of a failed validation, outermost first, at most 50. */
export function fieldErrors(errors: readonly ValidationError[], language: Language): FieldError[] {
  const found: FieldError[] = [];
  const walk = (list: readonly ValidationError[], path: string): void => {
    for (const { property, constraints = {}, children = [] } of list) {
      const pointer = `${path}/${property.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
      for (const [rule, message] of Object.entries(constraints)) {
        const code = codeOf(rule);
        if (found.length < MAX_ERRORS) found.push({ pointer, code, message: (language === 'fr' && FRENCH[code]) || english(code, message, property) });
      }
      walk(children, pointer);
    }
  };
  walk(errors, '');
  return found;
}

const codeOf = (rule: string): string => (rule === 'whitelistValidation' ? 'unknown-field' : rule.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));

const english = (code: string, message: string, property: string): string =>
  code === 'unknown-field' ? 'there is no such field' : (message.startsWith(`${property} `) ? message.slice(property.length + 1) : message).slice(0, 300);
