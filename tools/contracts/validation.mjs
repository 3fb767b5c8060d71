import Ajv from 'ajv/dist/2020.js';
import { closed } from './schemas.mjs';

const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  formats: {
    date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    ciphertext: /^kf1\.[^ ]+\.[\w-]+$/,
  },
});

/** Says what is wrong with a value, or null: fields that the schema does not have count as wrong. */
export const validator = (schema) => {
  const validate = ajv.compile(closed(schema));
  return (value) => (validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: 'data' }));
};
