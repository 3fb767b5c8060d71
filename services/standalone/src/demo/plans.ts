import { SWOT_QUADRANTS } from '@keyfold/contracts';
import { addDays } from '@keyfold/platform';
import { idOf, type Line, line, member, oneOf, type Step } from './lines.js';
import { personId } from './people.js';
import { OFFERINGS } from './stories.js';

const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });

type Says = (command: string, key: string, body: object) => Line;
const planOf = (aggregate: 'account-plans' | 'marketing-plans', account: string): { readonly id: string; readonly say: Says } => {
  const id = idOf(aggregate, account);
  return { id, say: (command, key, body) => oneOf(key, line(aggregate, command, id, body)) };
};

/** Plans in each of the places where a plan can stand: in force, waiting for the director, a draft. The year is the one of `today`. */
export function planSteps(today: string): Step[] {
  const inForce = planOf('account-plans', 'aurelis');
  const waiting = planOf('account-plans', 'elvenor');
  const marketing = planOf('marketing-plans', 'aurelis');
  return [
    { service: 'accounts', lines: [strategicAxes(today)] },
    { service: 'accounts', as: 'kam', lines: [...completePlan(inForce.say, 'aurelis', today), ...marketingPlan(marketing.say, today), ...draftedPlan(today)] },
    { service: 'accounts', as: 'kam2', lines: completePlan(waiting.say, 'elvenor', today) },
    { service: 'accounts', as: 'kam', lines: [inForce.say('submit', '', {}), marketing.say('submit', '', {})] },
    { service: 'accounts', as: 'kam2', lines: [waiting.say('submit', '', {})] },
    { service: 'accounts', lines: [inForce.say('approve', '', { note: 'Keep the pace on the Rhône sites' }), marketing.say('approve', '', {})] },
    { service: 'accounts', as: 'kam', lines: [inForce.say('activate', '', {}), marketing.say('activate', '', {})] },
    { service: 'accounts', as: 'kam', lines: [...work(inForce.say, today), ...promotion(marketing.say, today)] },
  ];
}

const strategicAxes = (today: string): Line =>
  line('policies', 'publish-strategic-axes', 'strategic-axes--default', {
    validFrom: addDays(today, -365),
    reason: 'Strategy of the year',
    content: {
      axes: [
        { code: 'low-carbon', label: { en: 'Low carbon', fr: 'Bas carbone' } },
        { code: 'service-growth', label: { en: 'Growth in services', fr: 'Croissance des services' } },
      ],
    },
  });

const SWOT = {
  aurelis: ['Known in operations at every site', 'Two P1 incidents within a year', 'New sites along the Rhône', 'A rival bids for the maintenance'],
  elvenor: ['Cold chain alarms are ours', 'Nobody knows us in procurement', 'A second plant is being built', 'Procurement wants one supplier for all'],
  castelnova: ['Every store has our desk', 'Our sponsor is new', 'Portugal follows Spain', 'The group cuts its suppliers'],
};
type Planned = keyof typeof SWOT;

const CENTRES = { aurelis: ['Lyon', 'Grenoble'], elvenor: ['Basel', 'Visp'] };
const KEY_PEOPLE = {
  aurelis: { sponsor: 'odile-ferrand', 'decision-maker': 'bastien-roumier', champion: 'ines-kaddour' },
  elvenor: { sponsor: 'beat-zollinger', 'decision-maker': 'regula-staub', champion: 'chiara-bossi' },
};

function drafted(say: Says, account: Planned, today: string): Line[] {
  return [
    say('draft', '', { accountId: idOf('account', account), fiscalYear: Number(today.slice(0, 4)), currency: 'EUR' }),
    ...SWOT_QUADRANTS.map((quadrant, i) => say('record-swot-item', quadrant, { itemId: quadrant, quadrant, perspective: i < 2 ? 'ours' : 'client', text: SWOT[account][i] })),
  ];
}

/** A plan with all that its submission needs (domain.md 4.3). */
function completePlan(say: Says, account: 'aurelis' | 'elvenor', today: string): Line[] {
  const ownerId = member(account === 'aurelis' ? 'kam' : 'kam2');
  const estimate = { source: 'client', confidence: 'medium', estimatedOn: addDays(today, -60) };
  const objective = (objectiveId: string, more: object): Line => say('set-objective', objectiveId, { objectiveId, ownerId, dueOn: addDays(today, 200), ...more });
  const action = (actionId: string, more: object): Line => say('add-action', actionId, { actionId, ownerId, ...more });
  return [
    ...drafted(say, account, today),
    objective('share', { kind: 'growth', title: 'A third of what they spend', metric: 'share-of-wallet', unit: 'percent', baseline: 22, target: 31 }),
    objective('calm', { kind: 'satisfaction', title: 'No P1 for half a year', metric: 'sla-compliance', unit: 'percent', baseline: 88, target: 96, dueOn: addDays(today, 90) }),
    action('visit', { title: 'Walk through the new sites', startOn: addDays(today, -30), dueOn: addDays(today, -5), objectiveId: 'share' }),
    action('offer', { title: 'Offer for all sites', startOn: addDays(today, -4), dueOn: addDays(today, 25), objectiveId: 'share', dependsOn: ['visit'] }),
    action('reference', { title: 'Reference with a peer', dueOn: addDays(today, -12) }),
    say('set-milestone', 'signed', { milestoneId: 'signed', title: 'Contract signed', dueOn: addDays(today, 120), actionIds: ['offer'] }),
    say('record-environment-factor', 'price', { factorId: 'price', dimension: 'economic', effect: 'unfavourable', text: 'Energy prices press on every budget' }),
    say('record-competitor', 'rival', { competitor: 'Norvantis', category: 'maintenance', sharePercent: 35, contractEndsOn: addDays(today, 240), ...estimate }),
    say('estimate-wallet', 'maintenance', { category: 'maintenance', spend: eur(640_000), ourRevenue: eur(141_000), ...estimate }),
    ...CENTRES[account].flatMap((name) => [
      say('record-buying-centre', name, { buyingCentreId: name.toLowerCase(), name }),
      ...OFFERINGS.map(({ key, priceMinor }, i) => {
        const cell = { buyingCentreId: name.toLowerCase(), offeringId: idOf('offering', key) };
        return i === OFFERINGS.length - 1
          ? say('exclude-cell', `${name} ${key}`, { ...cell, reason: 'Has auditors of its own' })
          : say('estimate-potential', `${name} ${key}`, { ...cell, potential: { amountMinor: priceMinor * (2 + i), currency: 'EUR' }, ...estimate });
      }),
    ]),
    ...Object.entries(KEY_PEOPLE[account]).map(([role, key]) => say('name-key-person', role, { role, stakeholderId: personId(key) })),
  ];
}

const draftedPlan = (today: string): Line[] => drafted(planOf('account-plans', 'castelnova').say, 'castelnova', today);

/** What was done on the plan since: one step is late. */
const work = (say: Says, today: string): Line[] => [
  say('start-action', 'visit', { actionId: 'visit' }),
  say('complete-action', 'visit', { actionId: 'visit', note: 'Solaize first' }),
  say('record-objective-progress', 'share', { objectiveId: 'share', value: 25.5, measuredOn: addDays(today, -1) }),
  say('record-cell-revenue', 'fleet', { buyingCentreId: 'lyon', offeringId: idOf('offering', 'fleet'), revenue: eur(52_000), asOf: addDays(today, -1) }),
];

function marketingPlan(say: Says, today: string): Line[] {
  const year = Number(today.slice(0, 4));
  return [
    say('draft', '', { accountId: idOf('account', 'aurelis'), title: 'Low carbon at every site', fiscalYear: year, currency: 'EUR' }),
    say('align-with-axis', '', { axisCode: 'low-carbon' }),
    say('define-strategy', '', { ambition: 'Known for energy audits in all regions', audience: 'Site managers', proposition: 'An audit pays for itself within a year', levers: ['events', 'content', 'account-based'] }),
    say('set-objective', 'quotes', { objectiveId: 'quotes', kind: 'demand', title: 'Quotes asked for', metric: 'leads', unit: 'count', baseline: 3, target: 12, dueOn: addDays(today, 150), ownerId: member('kam') }),
    say('allocate-budget', 'events', { lineId: 'events', label: 'Site days', category: 'events', amount: eur(18_000) }),
    say('allocate-budget', 'content', { lineId: 'content', label: 'Case studies', category: 'content', amount: eur(7_000) }),
    say('plan-campaign', 'site-days', { campaignId: 'site-days', name: 'Site days', audience: 'Site managers', startOn: addDays(today, -20), endOn: addDays(today, 40), offeringIds: [idOf('offering', 'audit')] }),
    say('add-channel', 'event', { campaignId: 'site-days', channel: 'event' }),
    say('add-channel', 'email', { campaignId: 'site-days', channel: 'email', utm: { source: 'newsletter', medium: 'email', campaign: 'site-days' } }),
    say('target-person', 'ines', { campaignId: 'site-days', stakeholderId: personId('ines-kaddour') }),
    say('target-person', 'maelle', { campaignId: 'site-days', stakeholderId: personId('maelle-tissot') }),
  ];
}

/** The campaign is under way, and so is its budget. */
const promotion = (say: Says, today: string): Line[] => [
  say('launch-campaign', '', { campaignId: 'site-days' }),
  say('commit-spend', 'lyon', { commitmentId: 'lyon', lineId: 'events', campaignId: 'site-days', amount: eur(6_500), supplier: 'Halle des Docks', description: 'Site day in Lyon' }),
  say('record-spend', 'lyon', { spendId: 'lyon-1', commitmentId: 'lyon', amount: eur(4_200), spentOn: addDays(today, -6), reference: 'F-2041' }),
  say('record-campaign-response', 'sent', { responseId: 'sent', campaignId: 'site-days', channel: 'email', response: 'delivered', count: 140, respondedOn: addDays(today, -15) }),
  say('record-campaign-response', 'clicked', { responseId: 'clicked', campaignId: 'site-days', channel: 'email', response: 'clicked', count: 31, respondedOn: addDays(today, -14) }),
  say('record-campaign-response', 'came', { responseId: 'came', campaignId: 'site-days', channel: 'event', response: 'attended', stakeholderId: personId('maelle-tissot'), respondedOn: addDays(today, -7) }),
  say('show-offering', 'audit', { showingId: 'audit', campaignId: 'site-days', offeringId: idOf('offering', 'audit'), stakeholderId: personId('maelle-tissot'), reaction: 'interested', shownOn: addDays(today, -7) }),
];
