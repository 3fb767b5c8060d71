import type { BuyingRole, ClientPosition, Language, SeniorityLevel, Sentiment, Support } from '@keyfold/contracts';
import { addDays } from '@keyfold/platform';
import { idOf, type Line, line, member, mulberry32, oneOf, type Step } from './lines.js';
import { ACCOUNTS } from './stories.js';

/** The invented people at the clients. Any likeness to a real person is an accident. */

interface Person {
  readonly key: string;
  readonly account: string;
  readonly name: string;
  readonly function: ClientPosition['function'];
  readonly level: SeniorityLevel;
  readonly roles: readonly BuyingRole[];
  readonly support: Support | null;
  readonly language: Language | null;
  /** Key of whom the person reports to. */
  readonly under?: string;
}

const person = (account: string, name: string, [job, level]: readonly [ClientPosition['function'], SeniorityLevel], more: Pick<Person, 'roles' | 'support' | 'language' | 'under'>): Person => ({
  key: name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(' ', '-'),
  account,
  name,
  function: job,
  level,
  ...more,
});

export const PEOPLE: readonly Person[] = [
  person('aurelis', 'Odile Ferrand', ['general-management', 1], { roles: ['sponsor'], support: 'supporter', language: 'fr' }),
  person('aurelis', 'Bastien Roumier', ['operations', 2], { roles: ['decision-maker'], support: 'supporter', language: 'fr', under: 'odile-ferrand' }),
  person('aurelis', 'Inès Kaddour', ['operations', 3], { roles: ['champion', 'user'], support: 'mentor', language: 'fr', under: 'bastien-roumier' }),
  person('aurelis', 'Gilles Prévert', ['procurement', 3], { roles: ['procurement'], support: 'neutral', language: 'fr', under: 'odile-ferrand' }),
  person('aurelis', 'Maëlle Tissot', ['sustainability', 3], { roles: ['influencer'], support: 'supporter', language: 'fr', under: 'odile-ferrand' }),
  person('borealis', 'Yann Le Goff', ['logistics', 2], { roles: ['decision-maker'], support: 'neutral', language: 'fr' }),
  person('borealis', 'Solène Quéré', ['information-technology', 3], { roles: ['technical-evaluator'], support: 'supporter', language: 'fr', under: 'yann-le-goff' }),
  person('castelnova', 'Rafael Ibarra', ['operations', 2], { roles: ['decision-maker'], support: 'supporter', language: 'en' }),
  person('castelnova', 'Nuria Valdés', ['finance', 1], { roles: ['sponsor', 'finance'], support: 'neutral', language: 'en' }),
  person('castelnova', 'Tomás Arrieta', ['procurement', 3], { roles: ['procurement', 'gatekeeper'], support: 'non-supporter', language: 'en', under: 'nuria-valdes' }),
  person('castelnova', 'Elena Sorribes', ['information-technology', 3], { roles: ['technical-evaluator'], support: 'enemy', language: null, under: 'rafael-ibarra' }),
  person('castelnova-pt', 'Marta Sousa', ['operations', 3], { roles: ['user'], support: 'supporter', language: 'en', under: 'rafael-ibarra' }),
  person('dunwick', 'Graham Pell', ['information-technology', 2], { roles: ['decision-maker'], support: 'neutral', language: 'en' }),
  person('dunwick', 'Harriet Colne', ['legal', 3], { roles: ['legal'], support: 'non-supporter', language: 'en' }),
  person('elvenor', 'Regula Staub', ['quality', 2], { roles: ['decision-maker'], support: 'supporter', language: 'en' }),
  person('elvenor', 'Beat Zollinger', ['general-management', 1], { roles: ['sponsor'], support: 'neutral', language: 'en' }),
  person('elvenor', 'Chiara Bossi', ['logistics', 3], { roles: ['champion', 'user'], support: 'mentor', language: 'en', under: 'regula-staub' }),
  person('elvenor', 'Urs Hämmerli', ['procurement', 3], { roles: ['procurement'], support: 'neutral', language: null, under: 'beat-zollinger' }),
  person('fennmark', 'Jens Olrik', ['operations', 3], { roles: ['decision-maker', 'user'], support: 'neutral', language: 'en' }),
  person('granvale', 'Anke Brodersen', ['finance', 2], { roles: ['decision-maker'], support: 'neutral', language: 'en' }),
  person('granvale', 'Detlef Marwitz', ['production', 3], { roles: ['user'], support: 'supporter', language: 'en', under: 'anke-brodersen' }),
  person('helvorn', 'Lucie Tanguy', ['quality', 2], { roles: ['decision-maker'], support: 'supporter', language: 'fr' }),
  person('helvorn', 'Aymeric Vasseur', ['production', 3], { roles: ['user', 'influencer'], support: 'neutral', language: 'fr', under: 'lucie-tanguy' }),
  person('kestvale', 'Corentin Malherbe', ['operations', 3], { roles: ['influencer'], support: null, language: 'fr' }),
];

export const personId = (key: string): string => idOf('person', key);
const ownerOf = (account: string): string => member(ACCOUNTS.find(({ key }) => key === account)!.owner!);
const onMap = (account: string, command: string, key: string, body: object): Line => oneOf(key, line('relationship-maps', command, idOf('account', account), body));

/** People, what they are to each other and to us, and the contacts with them of a quarter. */
export function peopleSteps(today: string): Step[] {
  return [
    { service: 'accounts', lines: PEOPLE.map(registration) },
    { service: 'accounts', lines: [...PEOPLE.flatMap(relations), ...ties(), ...stances()] },
    { service: 'accounts', lines: [...contacts(today), ...reviews(today)] },
  ];
}

const registration = ({ key, account, name, function: job, level, roles, support, language }: Person): Line =>
  line('stakeholders', 'register', personId(key), { accountId: idOf('account', account), name, function: job, level, buyingRoles: roles, support, language, mail: `${key}@${account}.example` });

const FEELINGS: Readonly<Record<Support, Sentiment>> = { mentor: 'very-positive', supporter: 'positive', neutral: 'neutral', 'non-supporter': 'negative', enemy: 'very-negative' };

function relations({ key, account, level, roles, support, under }: Person): Line[] {
  const pair = { memberId: ownerOf(account), stakeholderId: personId(key) };
  const current = support === 'mentor' ? 'trusted-advisor' : support === 'supporter' ? 'problem-solver' : 'vendor';
  return [
    ...(under ? [onMap(account, 'set-reporting-line', key, { stakeholderId: personId(key), managerId: personId(under) })] : []),
    ...(support ? [onMap(account, 'assess-relationship', key, { ...pair, current, desired: level < 3 ? 'trusted-advisor' : 'problem-solver' }), onMap(account, 'record-sentiment', key, { ...pair, sentiment: FEELINGS[support] })] : []),
    ...(roles.includes('champion') ? [onMap(account, 'identify-champion', key, { stakeholderId: personId(key) })] : []),
  ];
}

/** Influence beside the organisation chart, and the director's peers. */
const ties = (): Line[] => [
  onMap('aurelis', 'link-influence', 'ines', { fromId: personId('ines-kaddour'), toId: personId('bastien-roumier'), strength: 'strong' }),
  onMap('aurelis', 'link-influence', 'maelle', { fromId: personId('maelle-tissot'), toId: personId('odile-ferrand'), strength: 'medium' }),
  onMap('castelnova', 'link-influence', 'elena', { fromId: personId('elena-sorribes'), toId: personId('rafael-ibarra'), strength: 'medium' }),
  onMap('aurelis', 'pair-sponsor', 'odile', { memberId: member('director'), stakeholderId: personId('odile-ferrand') }),
  onMap('elvenor', 'pair-sponsor', 'beat', { memberId: member('director'), stakeholderId: personId('beat-zollinger') }),
  onMap('aurelis', 'give-recognition', 'karim', { memberId: member('kam'), recognition: 'champion-developed', reason: 'Two years with operations' }),
];

/** Who said something about being written to. */
const stances = (): Line[] => [
  ...['ines-kaddour', 'maelle-tissot', 'chiara-bossi'].map((key) => line('stakeholders', 'give-consent', personId(key), { purpose: 'marketing' })),
  ...['tomas-arrieta', 'harriet-colne'].map((key) => line('stakeholders', 'raise-opposition', personId(key), { purpose: 'marketing' })),
];

const DAYS = 84;
/** Days between the contacts with a person, by the tier of the account. */
const EVERY = { A: 18, B: 28, C: 45 };

/** Most of them calls; visits go by train or car. */
function contacts(today: string): Line[] {
  const random = mulberry32(20_260_202);
  return PEOPLE.flatMap(({ key, account }) => {
    const { tier } = ACCOUNTS.find((one) => one.key === account)!;
    const every = EVERY[tier ?? 'C'];
    return Array.from({ length: Math.floor(DAYS / every) }, (_, i) => {
      const daysAgo = 1 + i * every + Math.floor(random() * every * 0.8);
      const luck = random();
      const kind = luck < 0.62 ? 'call' : luck < 0.84 ? 'meeting' : 'visit';
      const travel = kind === 'visit' ? { means: random() < 0.7 ? 'train' : 'car', km: 120 + Math.floor(random() * 600) } : null;
      const body = { occurredAt: `${workday(addDays(today, -daysAgo))}T${String(8 + Math.floor(random() * 8)).padStart(2, '0')}:30:00Z`, kind, direction: random() < 0.4 ? 'in' : 'out', stakeholderIds: [personId(key)], memberIds: [ownerOf(account)], travel };
      return oneOf(`${key} ${i}`, line('engagement-plans', 'log-touchpoint', idOf('account', account), body));
    });
  });
}

/** The day itself, or the Friday before. */
function workday(date: string): string {
  const weekday = new Date(date).getUTCDay();
  return addDays(date, weekday === 0 ? -2 : weekday === 6 ? -1 : 0);
}

/** A review that was held and one that is to come, with what was decided and promised. */
function reviews(today: string): Line[] {
  const plan = (command: string, body: object): Line => line('engagement-plans', command, idOf('account', 'aurelis'), body);
  const both = { stakeholderIds: ['odile-ferrand', 'bastien-roumier'].map(personId), memberIds: [member('director'), member('kam')] };
  return [
    plan('hold-business-review', { level: 'business-review', heldAt: `${addDays(today, -34)}T13:00:00Z`, ...both, note: 'Two incidents, one new site' }),
    plan('record-decision', { title: 'Sensor Line goes to the Rhône sites first', decidedBy: 'together', decidedOn: addDays(today, -34) }),
    plan('agree-follow-up', { title: 'Offer for the Rhône sites', ownerId: member('kam'), dueOn: addDays(today, 12) }),
    plan('schedule-business-review', { level: 'executive-review', at: `${addDays(today, 40)}T09:00:00Z`, ...both, agenda: 'Year, incidents, next contract' }),
    plan('post-announcement', { audience: 'account-team', language: 'fr', title: 'Sites du Rhône', text: 'Le déploiement commence par Solaize.', mentionedIds: [member('director')] }),
  ];
}
