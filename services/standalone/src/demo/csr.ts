import { OWN_COMPANY } from '@keyfold/contracts';
import { addDays } from '@keyfold/platform';
import { idOf, type Line, line, oneOf, type Step } from './lines.js';

interface Card {
  /** An account, or our own company. */
  readonly id: string;
  /** Points of a policy, an action and a result; a document speaks for each but the last. */
  readonly points: readonly (readonly [indicator: string, points: number])[];
}

const CARDS: readonly Card[] = [
  { id: idOf('account', 'aurelis'), points: [['equal-pay', 72], ['ethics', 66], ['greenhouse-gases', 58], ['waste', 41]] },
  { id: idOf('account', 'castelnova'), points: [['training-and-mobility', 55], ['sobriety', 48], ['responsible-suppliers', 37], ['energy', 60]] },
  { id: idOf('account', 'elvenor'), points: [['health-at-work', 81], ['ethics', 77], ['energy', 69], ['waste', 64]] },
  { id: idOf('account', 'granvale'), points: [['non-discrimination', 50], ['resource-savings', 44], ['waste', 52], ['responsible-suppliers', 39]] },
  { id: OWN_COMPANY, points: [['equal-pay', 84], ['training-and-mobility', 70], ['ethics', 79], ['greenhouse-gases', 62]] },
];

/** Scorecards of clients, with a rating, promises and what we do together, and that of our own company (domain.md 6). */
export function csrSteps(today: string): Step[] {
  return [{ service: 'accounts', lines: [...CARDS.flatMap((card) => assessed(card, today)), ...promises(today)] }];
}

const on = (id: string, command: string, key: string, body: object): Line => oneOf(key, line('csr-scorecards', command, id, body));

const assessed = ({ id, points }: Card, today: string): Line[] =>
  points.flatMap(([indicator, given], i) => [
    on(id, 'record-assessment', indicator, { indicator, basis: 'policy', points: given, assessedOn: addDays(today, -45 - i) }),
    ...(i < points.length - 1 ? [on(id, 'attach-evidence', indicator, { indicator, basis: 'policy', title: 'Annual report', reference: `DMS 20${40 + i}`, validUntil: addDays(today, 320) })] : []),
  ]);

function promises(today: string): Line[] {
  const [aurelis, elvenor] = ['aurelis', 'elvenor'].map((key) => idOf('account', key)) as [string, string];
  const kept = on(aurelis, 'make-commitment', 'meters', { pillar: 'environment', by: 'us', title: 'A meter on every gateway', dueOn: addDays(today, 30), madeOn: addDays(today, -90) });
  const year = Number(today.slice(0, 4)) - 1;
  return [
    on(aurelis, 'record-external-rating', '', { publishedOn: addDays(today, -120), overall: 63, environment: 66, labourAndHumanRights: 61, ethics: 58, sustainableProcurement: 55, medal: 'silver' }),
    on(aurelis, 'record-footprint', '', { from: `${year}-01-01`, to: `${year}-12-31`, co2eKg: 48_200, wasteKg: 3_100, energyKwh: 212_000, source: 'Site meters' }),
    on(aurelis, 'record-cost-to-serve', '', { from: `${year}-01-01`, to: `${year}-12-31`, cost: { amountMinor: 8_640_000, currency: 'EUR' }, hours: 910 }),
    on(aurelis, 'record-supplier-rating', '', { supplier: 'Volterra Câbles', points: 71, source: 'Site audit', ratedOn: addDays(today, -70) }),
    on(aurelis, 'launch-joint-initiative', '', { pillar: 'environment', title: 'Old sensors come back', goal: 'Nine of ten gateways refurbished', endsOn: addDays(today, 180) }),
    kept,
    on(elvenor, 'make-commitment', 'cold', { pillar: 'environment', by: 'client', title: 'Cold stores on green power', dueOn: addDays(today, 75), madeOn: addDays(today, -30) }),
    on(elvenor, 'record-external-rating', '', { publishedOn: addDays(today, -200), overall: 74, environment: 78, labourAndHumanRights: 72, ethics: 70, sustainableProcurement: 69, medal: 'gold' }),
    on(OWN_COMPANY, 'make-commitment', 'travel', { pillar: 'environment', by: 'us', title: 'One visit in three by train instead of plane', dueOn: addDays(today, 200), madeOn: addDays(today, -60) }),
  ];
}
