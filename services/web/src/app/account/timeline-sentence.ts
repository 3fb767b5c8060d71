import { useTranslation } from 'react-i18next';
import type { Money, TimelineItem } from '../api/rows.js';
import { useFormats } from '../i18n/format.js';
import { say } from '../i18n/i18n.js';

const PERSON = /OwnerId$|^ownerId$|^assigneeId$/;
const DATE = /On$/;
/** Fields whose values have a name on the screen, and the catalogue prefix of that name. */
const NAMED: Readonly<Record<string, string>> = { stage: 'stage', from: 'stage', to: 'stage', motion: 'motion', kind: 'touch', level: 'cadence' };

export const kindOf = (type: string): 'good' | 'bad' | 'warn' | 'plain' => {
  if (/opportunity\.won$|incident\.resolved$|cadence-kept$|commitment-kept$/.test(type)) return 'good';
  if (/opportunity\.lost$|key-account\.closed$|closure-refused$|cadence-missed$|commitment-missed$/.test(type)) return 'bad';
  return /^satisfaction\.|closure-requested$/.test(type) ? 'warn' : 'plain';
};

/** What an event says to a person; `people` are the names of the team members by id. */
export function useSentence(people: ReadonlyMap<string, string>): (item: TimelineItem) => string {
  const { t } = useTranslation();
  const { money, date } = useFormats();
  return ({ type, subject, data }) => {
    const worded = (field: string, value: unknown): unknown => {
      if (typeof value === 'string') {
        if (PERSON.test(field)) return people.get(value) ?? t('timeline.somebody');
        if (DATE.test(field)) return date(value);
        if (NAMED[field]) return say(t, `${NAMED[field]}.${value}`, {}, value);
        if (field === 'reason') return say(t, `${type.endsWith('lost') ? 'loss' : 'pause'}.${value}`, {}, value);
      }
      return isMoney(value) ? money(value) : value;
    };
    const params = Object.fromEntries(Object.entries(data).map(([field, value]) => [field, worded(field, value)]));
    const name = subject ?? t(type.startsWith('satisfaction') ? 'timeline.an-incident' : 'timeline.a-deal');
    const known = say(t, `event.${type}`, { ...params, name }, type);
    return say(t, `event.${type}.${String(data['reason'])}`, { name }, known);
  };
}

const isMoney = (value: unknown): value is Money => typeof value === 'object' && value !== null && 'amountMinor' in value && 'currency' in value;
