import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, launchBrowser, ServiceUnderTest } from '@keyfold/testing';
import type { Browser } from 'playwright-core';
import { givePortfolio } from './portfolio.js';
import { type Language, Screen } from './screen.js';

const DIRECTOR = 'Hélène Marchand';
const KAM = 'Karim Benali';
const OTHER_KAM = 'Sofia Lindqvist';
const ACCOUNT = '/accounts/northwind';

let folder: string;
let keyfold: ServiceUnderTest;
let browser: Browser;
const screens: Screen[] = [];

async function signedIn(name: string, path: string, language: Language = 'en'): Promise<Screen> {
  const screen = await Screen.open(browser, keyfold.url, language);
  screens.push(screen);
  await screen.signIn(name);
  await screen.go(path);
  await screen.settled();
  return screen;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyfold-dashboard-'));
  const env = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: join(folder, 'data'), KEYFOLD_MONGO_URL: undefined, KEYFOLD_KAFKA_BROKERS: undefined };
  [keyfold, browser] = await Promise.all([ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', args: ['--empty'], env }), launchBrowser()]);
  await givePortfolio(keyfold);
});
afterAll(async () => {
  await browser?.close();
  await keyfold?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  const errors = screens.flatMap((screen) => screen.errors);
  await Promise.all(screens.splice(0).map((screen) => screen.close()));
  expect(errors).toEqual([]);
});

describe('the portfolio', () => {
  it('shows a key account manager the own accounts alone, with what was won on them', async () => {
    const screen = await signedIn(KAM, '/portfolio');
    const row = screen.row('Northwind Rail');
    await expect(row.textContent()).resolves.toContain('$3,000');
    expect(await screen.page.getByText('Quayside Foods').count()).toBe(0);
  });

  it('finds an account by a part of its name and leads to its page', async () => {
    const screen = await signedIn(DIRECTOR, '/portfolio');
    await screen.page.getByRole('searchbox').fill('north');
    await eventually(async () => expect(await screen.page.getByText('Quayside Foods').count()).toBe(0));
    expect(screen.page.url()).toContain('q=north');
    await screen.link('Northwind Rail').click();
    await screen.heading('Northwind Rail').waitFor();
  });
});

describe('the point in time', () => {
  it('moves every figure, and a link shows the same to somebody else', async () => {
    const screen = await signedIn(DIRECTOR, '/pipeline');
    expect(await screen.tile('Won value').textContent()).toBe('$3,000');
    await screen.button('As of today').click();
    await screen.page.getByLabel('Date', { exact: true }).fill('2017-06-30');
    await screen.button('Apply').click();
    await eventually(async () => expect(await screen.tile('Won value').textContent()).toBe('$1,000'));
    await screen.button('As of 30 Jun 2017').waitFor();
    const link = new URL(screen.page.url());
    const colleague = await signedIn(DIRECTOR, link.pathname + link.search);
    expect(await colleague.tile('Won value').textContent()).toBe('$1,000');
    await colleague.link('Portfolio').click();
    await colleague.settled();
    expect(await colleague.row('Northwind Rail').textContent()).toContain('$1,000');
    await colleague.button('Back to today').click();
    await eventually(async () => expect(await colleague.row('Northwind Rail').textContent()).toContain('$3,000'));
  });

  it('shows both figures and the difference when two dates are compared', async () => {
    const screen = await signedIn(DIRECTOR, '/pipeline?asOf=2017-12-31&compare=2017-06-30&groupBy=account');
    const tile = screen.page.locator('.tile', { hasText: 'Won value' });
    await eventually(async () => expect(await tile.textContent()).toContain('was $1,000+$2,000'));
    expect(await screen.row('Northwind Rail').textContent()).toContain('was 1+1');
    await screen.shoot('compare');
    await screen.page.getByText('Table', { exact: true }).click();
    expect(await screen.row('Identified').textContent()).toContain('was 2');
  });

  it('knows nothing of what was recorded later', async () => {
    const screen = await signedIn(DIRECTOR, '/pipeline?knownOn=2017-01-01T00:00:00Z');
    expect(await screen.tile('Won').first().textContent()).toBe('0');
    expect(await screen.tile('Won value').textContent()).toContain('no data');
  });
});

describe('an incident', () => {
  it('of the highest priority is at once a task on the screen of the owner, who does it', async () => {
    const director = await signedIn(DIRECTOR, ACCOUNT);
    await director.button('Report an incident').click();
    const form = director.dialog();
    await form.getByLabel('What happened').fill('All signals dark');
    for (const field of ['Impact', 'Urgency']) await form.getByRole('radiogroup', { name: field }).getByText('High').click();
    await form.getByRole('button', { name: 'Report an incident' }).click();
    await director.row('All signals dark').waitFor();
    expect(await director.row('All signals dark').textContent()).toMatch(/P1.*Reported.*left/);
    await director.shoot('account');

    const owner = await signedIn(KAM, '/tasks');
    await owner.row('P1 incident: All signals dark').waitFor();
    await owner.shoot('tasks');
    await owner.button('Done: P1 incident: All signals dark').click();
    await owner.page.getByText('No open task').waitFor();
  });

  it('is acknowledged, paused, resumed and resolved from the queue, and its clocks follow', async () => {
    const screen = await signedIn(KAM, '/incidents');
    const row = screen.row('All signals dark');
    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await eventually(async () => expect(await row.textContent()).toMatch(/In hand.*Met in/));
    await row.getByRole('button', { name: 'More actions' }).click();
    await screen.page.getByRole('menuitem', { name: 'Pause the clock' }).click();
    await screen.dialog().getByRole('button', { name: 'Pause the clock' }).click();
    await eventually(async () => expect(await row.textContent()).toContain('Paused at'));
    await screen.shoot('incidents');
    await row.getByRole('button', { name: 'Resume' }).click();
    await row.getByRole('button', { name: 'Resolve' }).click();
    await screen.dialog().getByLabel('How it was resolved').fill('Power restored');
    await screen.dialog().getByRole('button', { name: 'Resolve' }).click();
    await screen.page.getByText('No open incident').waitFor();
  });
});

describe('a deal', () => {
  it('is advanced once what is missing is given; the refusal says it in French', async () => {
    const screen = await signedIn(KAM, ACCOUNT, 'fr');
    await screen.button('Avancer « Depot renewal »').click();
    const form = screen.dialog();
    await form.getByRole('button', { name: 'Avancer' }).click();
    await form.getByText('Pour passer à l’étape « Qualifiée », il manque encore : montant, clôture prévue.').waitFor();
    await screen.shoot('refusal');
    expect(await screen.violations()).toEqual([]);
    await form.getByRole('textbox', { name: 'Montant' }).fill('12000');
    await form.getByLabel('Clôture prévue').fill('31/12/2099');
    await form.getByRole('button', { name: 'Avancer' }).click();
    await form.waitFor({ state: 'detached' });
    await eventually(async () => expect(await screen.row('Depot renewal').textContent()).toMatch(/Qualifiée.*12\s000\s€/));
    await screen.page.getByText('Depot renewal passe de Identifiée à Qualifiée').waitFor();
  });

  it('is lost for a reason, and gone from the open ones at once', async () => {
    const screen = await signedIn(KAM, ACCOUNT, 'fr');
    await screen.row('Platform screens').getByRole('button', { name: 'Autres actions' }).click();
    await screen.page.getByRole('menuitem', { name: 'Marquer perdue' }).click();
    const form = screen.dialog();
    await screen.choose(form.getByRole('combobox', { name: 'Motif' }), 'Concurrent');
    await form.getByRole('button', { name: 'Marquer perdue' }).click();
    await form.getByText('Indiquez quel concurrent l').waitFor();
    await form.getByLabel('Concurrent').fill('Gleis AG');
    await form.getByRole('button', { name: 'Marquer perdue' }).click();
    await form.waitFor({ state: 'detached' });
    expect(await screen.row('Platform screens').count()).toBe(0);
    await screen.page.getByText('Platform screens perdue : Concurrent').waitFor();
  });
});

describe('an account', () => {
  it('sleeps before it is closed, and is not closed while something is open on it: the screen says what', async () => {
    const screen = await signedIn(DIRECTOR, ACCOUNT);
    await screen.button('Make dormant').click();
    await screen.dialog().getByLabel('Reason').fill('Merged');
    await screen.dialog().getByRole('button', { name: 'Make dormant' }).click();
    await screen.button('Request closure').click();
    await screen.dialog().getByLabel('Reason').fill('Merged');
    await screen.dialog().getByRole('button', { name: 'Request closure' }).click();
    await screen.page.getByText('items still open: deals').waitFor({ timeout: 30_000 });
  });

  it('is handed over, and shows its new owner at once', async () => {
    const screen = await signedIn(DIRECTOR, ACCOUNT);
    await screen.button('Hand over').click();
    const form = screen.dialog();
    await screen.choose(form.getByRole('combobox', { name: 'New owner' }), OTHER_KAM);
    await form.getByLabel('Reason').fill('Parental leave');
    await form.getByRole('button', { name: 'Hand over' }).click();
    await form.waitFor({ state: 'detached' });
    await eventually(async () => expect(await screen.page.locator('.facts').textContent()).toContain(OTHER_KAM));
  });

  it('says whose it will be, and stays where it is once that is cancelled', async () => {
    const screen = await signedIn(DIRECTOR, ACCOUNT);
    const facts = async () => (await screen.page.locator('.facts').textContent()) ?? '';
    await screen.button('Hand over').click();
    const form = screen.dialog();
    await screen.choose(form.getByRole('combobox', { name: 'New owner' }), KAM);
    await form.getByLabel('From').fill('2099-12-31');
    await form.getByLabel('Reason').fill('Comes back');
    await form.getByRole('button', { name: 'Hand over' }).click();
    await form.waitFor({ state: 'detached' });
    await eventually(async () => expect(await facts()).toMatch(new RegExp(`Owner${OTHER_KAM}Owner from 31 Dec 2099${KAM}`)));
    await screen.button('Cancel the handover').click();
    await screen.dialog().getByLabel('Reason').fill('Stays away');
    await screen.dialog().getByRole('button', { name: 'Cancel the handover' }).click();
    await eventually(async () => expect(await facts()).toMatch(new RegExp(`Owner${OTHER_KAM}(?!Owner)`)));
    await eventually(async () => expect(await screen.button('Cancel the handover').count()).toBe(0));
  });
});

describe.each(['en', 'fr'] as const)('accessibility (%s)', (language) => {
  it('has nothing to find on any screen', async () => {
    const screen = await Screen.open(browser, keyfold.url, language);
    screens.push(screen);
    await screen.page.getByRole('button', { name: DIRECTOR }).waitFor();
    const found = { 'sign-in': await screen.violations() } as Record<string, unknown>;
    await screen.shoot('sign-in');
    await screen.signIn(DIRECTOR);
    for (const path of ['/portfolio', '/pipeline', '/pipeline?asOf=2017-12-31&compare=2017-06-30', ACCOUNT, '/accounts/nobody', '/incidents', '/tasks', '/nowhere']) {
      await screen.go(path);
      found[path] = await screen.violations();
      await screen.shoot(path.replace(/\W+/g, '-').slice(1));
    }
    await screen.page.getByRole('button', { name: language === 'fr' ? 'À ce jour' : 'As of today' }).click();
    await screen.page.getByRole('button', { name: language === 'fr' ? 'Appliquer' : 'Apply' }).waitFor();
    found['as-of'] = await screen.violations();
    await screen.shoot('as-of');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
  });
});

it('asks to sign in again when the session has ended, and goes on where one was', async () => {
  const screen = await signedIn(DIRECTOR, '/pipeline?groupBy=account');
  await screen.page.evaluate(() => sessionStorage.setItem('keyfold.session', sessionStorage.getItem('keyfold.session')!.replace(/"token":"[^"]*"/, '"token":"ended"')));
  await screen.page.reload();
  await screen.page.getByText('Your session has ended.').waitFor();
  await screen.signIn(DIRECTOR);
  await screen.heading('Pipeline').waitFor();
  expect(screen.page.url()).toContain('groupBy=account');
});
