import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

const SHOTS = fileURLToPath(new URL('../screenshots', import.meta.url));
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export interface Violation {
  readonly rule: string;
  readonly where: readonly string[];
}

export type Language = 'en' | 'fr';

/** The dashboard in a browser, as a person uses it: by roles and visible names. */
export class Screen {
  /** What the page reported as an error. */
  readonly errors: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
    private readonly language: Language,
  ) {}

  /** A browser session of its own: nobody is signed in. */
  static async open(browser: Browser, url: string, language: Language): Promise<Screen> {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const context = await browser.newContext({ locale, timezoneId: 'Europe/Paris', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(15_000);
    const screen = new Screen(context, await context.newPage(), url, language);
    // A refusal is an answer like another; the browser logs it all the same.
    screen.page.on('console', (message) => message.type() === 'error' && !message.text().startsWith('Failed to load resource') && screen.errors.push(message.text()));
    screen.page.on('pageerror', (error) => screen.errors.push(error.message));
    await screen.page.goto(url);
    return screen;
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).click();
    await this.page.getByRole('navigation').waitFor();
  }

  async go(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.url).href);
  }

  button = (name: string): Locator => this.page.getByRole('button', { name }).first();
  link = (name: string): Locator => this.page.getByRole('link', { name }).first();
  heading = (name: string): Locator => this.page.getByRole('heading', { name }).first();
  row = (text: string): Locator => this.page.getByRole('row').filter({ hasText: text }).first();
  dialog = (): Locator => this.page.getByRole('dialog');
  /** The figure of a tile, by its label. */
  tile = (label: string): Locator => this.page.locator('.tile').filter({ has: this.page.getByText(label, { exact: true }) }).locator('.tile-value');

  /** Picks an option of a select field by what it says. */
  async choose(field: Locator, option: string): Promise<void> {
    await field.click();
    await this.page.getByRole('option', { name: option, exact: true }).click();
  }

  /** Waits until nothing is loading any more, then keeps a picture for whoever looks at the screens against docs/design.md. */
  async shoot(name: string): Promise<void> {
    await this.settled();
    await mkdir(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}-${this.language}.png`) });
  }

  async settled(): Promise<void> {
    await this.page.waitForLoadState('networkidle');
    await this.page.locator('.mantine-Skeleton-root, [aria-busy="true"]').first().waitFor({ state: 'detached' });
  }

  /** What axe-core finds wrong with the screen as it stands. */
  async violations(): Promise<Violation[]> {
    await this.settled();
    // Evaluated over the debugging protocol, which the content security policy of the page does not bind.
    await this.page.evaluate(await readFile(axePath, 'utf8'));
    return this.page.evaluate<Violation[]>(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, where: nodes.map(({ target }) => target.join(" ")) })))',
    );
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
