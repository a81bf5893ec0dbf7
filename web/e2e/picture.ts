import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, mustBeAccessible } from './console';

/*
 * A page at both widths, dark and light: nothing is wider than the window, and axe finds nothing.
 * It looks at each width and at each of the schemes; at all four where FAIRLEAD_PICTURES=FOLDER
 * keeps the pictures (docs/images: those of README and docs).
 */

export const kept = process.env.FAIRLEAD_PICTURES;
const VIEWS = [
  { name: '1440', width: 1440, height: 900 },
  { name: '390', width: 390, height: 844 },
];

export async function picture(page: Page, name: string): Promise<void> {
  for (const view of VIEWS) {
    await page.setViewportSize(view);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.evaluate(() => document.fonts.ready);
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
        .toBeLessThanOrEqual(0);
      if (kept || (view.name === '1440') === (scheme === 'light')) await mustBeAccessible(page);
      if (!kept) continue;
      mkdirSync(kept, { recursive: true });
      const file = join(kept, `console-${name}-${view.name}-${scheme}`);
      if (process.env.FAIRLEAD_PNG) await page.screenshot({ path: `${file}.png` });
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', {
        format: 'webp',
        quality: 82,
      });
      writeFileSync(`${file}.webp`, Buffer.from(data, 'base64'));
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
