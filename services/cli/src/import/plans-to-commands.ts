import type { Entity } from './entities.js';
import type { SourceRow } from './read-file.js';
import { idOfRow } from './row-id.js';
import { type ImportContext, provenance, type Step } from './rows-to-commands.js';
import { dateOrNull, minorOrNull, needed, neededCode, neededNumber, wholeOrNull, WrongValue } from './values.js';

const ROUTE = { service: 'accounts', aggregate: 'account-plans' } as const;

/** A plan, as a draft: nobody's submission or approval is imported. */
export function planStep(context: ImportContext, row: SourceRow): Step {
  const id = idOfRow(context.mapping, 'plans', row.key);
  const accountId = context.references.id('accounts', needed(row, 'account'), row.column('account'));
  const fiscalYear = wholeOrNull(row.column('fiscalYear'), needed(row, 'fiscalYear'));
  const body = { accountId, fiscalYear, currency: needed(row, 'currency').toUpperCase(), provenance: provenance(context, 'plans', row.key) };
  return { ...ROUTE, command: 'draft', id, body, names: [accountId] };
}

export function objectiveStep(context: ImportContext, row: SourceRow): Step {
  const plan = idOfRow(context.mapping, 'plans', needed(row, 'plan'));
  const objectiveId = idOfPart(context, 'objectives', needed(row, 'plan'), row.key);
  const ownerId = context.references.id('members', needed(row, 'owner'), row.column('owner'));
  const body = {
    objectiveId,
    kind: neededCode('objectives', row, 'kind'),
    title: needed(row, 'title'),
    metric: neededCode('objectives', row, 'metric'),
    unit: neededCode('objectives', row, 'unit'),
    baseline: valueOf(row, 'baseline'),
    target: valueOf(row, 'target'),
    dueOn: dateOrNull(row.column('dueOn'), needed(row, 'dueOn')),
    ownerId,
    reason: `imported from ${context.mapping.source}`,
    provenance: provenance(context, 'objectives', row.key),
  };
  return { ...ROUTE, command: 'set-objective', id: plan, body, makes: objectiveId, names: [plan, ownerId] };
}

export function actionStep(context: ImportContext, row: SourceRow): Step {
  const plan = needed(row, 'plan');
  const planId = idOfRow(context.mapping, 'plans', plan);
  const actionId = idOfPart(context, 'actions', plan, row.key);
  const objective = row.field('objective');
  const objectiveId = objective === '' ? null : idOfPart(context, 'objectives', plan, objective);
  const owner = row.field('owner');
  const ownerId = owner === '' ? null : context.references.id('members', owner, row.column('owner'));
  const dependsOn = row.items('dependsOn').map((key) => idOfPart(context, 'actions', plan, key));
  const body = {
    actionId,
    title: needed(row, 'title'),
    ownerId,
    startOn: dateOrNull(row.column('startOn'), row.field('startOn')),
    dueOn: dateOrNull(row.column('dueOn'), needed(row, 'dueOn')),
    objectiveId,
    dependsOn,
    provenance: provenance(context, 'actions', row.key),
  };
  return { ...ROUTE, command: 'add-action', id: planId, body, makes: actionId, names: [planId, ...(objectiveId === null ? [] : [objectiveId]), ...(ownerId === null ? [] : [ownerId]), ...dependsOn] };
}

/** Parts of a plan are known within it alone: two plans may have an objective under the same key. */
const idOfPart = ({ mapping }: ImportContext, entity: Entity, plan: string, key: string): string => idOfRow(mapping, entity, `${plan} ${key}`);

/** In the unit of the objective; money in minor units of its currency. */
function valueOf(row: SourceRow, field: 'baseline' | 'target'): number {
  if (row.field('unit') !== 'money') return neededNumber(row, field);
  const currency = needed(row, 'currency').toUpperCase();
  if (!Intl.supportedValuesOf('currency').includes(currency)) throw new WrongValue(`${row.column('currency')} is not an ISO 4217 code: ${currency}`, row.column('currency'));
  return minorOrNull(row.column(field), needed(row, field), currency)!;
}
