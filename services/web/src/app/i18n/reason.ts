import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.js';
import { type Formats, useFormats } from './format.js';
import { say } from './i18n.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const STAGE_PARAMS = ['from', 'to', 'stage'];

/** Why a command was refused, in the words of the screen; where it has none of its own, in the server's. */
export function useReason(): (error: Error) => string {
  const { t } = useTranslation();
  const formats = useFormats();
  return (error) => {
    if (!(error instanceof Problem)) return t('error.offline');
    const params = Object.fromEntries(Object.entries(error.params).map(([name, value]) => [name, worded(t, formats, name, value)]));
    const reason = say(t, `error.${error.code}`, params, error.title);
    const [field] = error.errors;
    return field ? `${reason} (${field.pointer.slice(1)}: ${field.message})` : reason;
  };
}

function worded(t: TFunction, { date }: Formats, name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (STAGE_PARAMS.includes(name)) return say(t, `stage.${value}`, {}, value);
  if (name === 'missing') return value.split(', ').map((criterion) => say(t, `criterion.${criterion}`, {}, criterion)).join(', ');
  return DATE.test(value) ? date(value) : value;
}
