import { expect, it } from '@jest/globals';
import { countryCodeOf } from './country-code.js';

it.each([
  ['France', 'fr'],
  ['germany', 'de'],
  [' Allemagne ', 'de'],
  ['United Kingdom', 'gb'],
  ['Royaume-Uni', 'gb'],
  ['UK', 'gb'],
  ['us', 'us'],
  ['Atlantis', null],
])('%s is %s', (country, code) => expect(countryCodeOf(country)).toBe(code));
