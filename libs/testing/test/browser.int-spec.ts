import { afterEach, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../src/index.js';

describe('launchBrowser', () => {
  const chrome = process.env['KEYFOLD_CHROME'];
  let browser: Browser | null = null;
  afterEach(async () => {
    await browser?.close();
    if (chrome === undefined) delete process.env['KEYFOLD_CHROME'];
    else process.env['KEYFOLD_CHROME'] = chrome;
  });

  it('renders text in a font, runs scripts and takes pictures', async () => {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 400, height: 200 } });
    await page.setContent('<h1>Prévisions</h1><svg width="40" height="40"><circle cx="20" cy="20" r="18" /></svg>');
    const title = await page.locator('h1').boundingBox();
    expect(title?.height).toBeGreaterThan(20);
    const widths = await page.evaluate(`['iiiiii', 'mmmmmm'].map((text) => {
      const span = document.body.appendChild(document.createElement('span'));
      span.textContent = text;
      return span.getBoundingClientRect().width;
    })`);
    expect((widths as number[])[1]).toBeGreaterThan((widths as number[])[0] ?? Infinity);
    expect((await page.screenshot()).length).toBeGreaterThan(1_000);
  });

  it('says which browser does not start', async () => {
    process.env['KEYFOLD_CHROME'] = '/nowhere/chrome';
    await expect(launchBrowser()).rejects.toThrow('the browser /nowhere/chrome does not start');
  });
});
