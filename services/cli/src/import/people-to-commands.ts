import type { SourceRow } from './read-file.js';
import { idOfRow } from './row-id.js';
import { type ImportContext, personProvenance, type Step } from './rows-to-commands.js';
import { codeOrNull, codesOf, needed, textOrNull, WrongValue } from './values.js';

/** A person at the client. What the key of the row is, stays when the person is erased: so it must not tell who it was. */
export function stakeholderStep(context: ImportContext, row: SourceRow): Step {
  if (row.key.includes('@')) throw new WrongValue('the key of a person is a number or code of the source, never a mail address, because it outlives an erasure');
  const id = idOfRow(context.mapping, 'stakeholders', row.key);
  const code = (field: string): string | number | null => codeOrNull('stakeholders', row, field);
  const accountId = context.references.id('accounts', needed(row, 'account'), row.column('account'));
  const body = {
    accountId,
    name: needed(row, 'name'),
    mail: textOrNull(row.field('mail')),
    phone: textOrNull(row.field('phone')),
    function: code('function'),
    level: code('level'),
    buyingRoles: codesOf('stakeholders', row, 'buyingRoles'),
    politicalStatus: code('politicalStatus'),
    support: code('support'),
    language: code('language'),
    marketing: code('marketing'),
    survey: code('survey'),
    provenance: personProvenance(context, 'stakeholders', id),
  };
  return { service: 'accounts', aggregate: 'stakeholders', command: 'register', id, body, names: [accountId] };
}
