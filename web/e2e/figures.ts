import { appendFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '@playwright/test';

/*
 * What docs/performance.md says of the console. `./bench --console` measures it: it sets
 * FAIRLEAD_FIGURES, without which these flows are as short as all others, and hold nobody to a
 * figure, for it is no fault of the console where the machine is busy.
 */

export const measuring = process.env.FAIRLEAD_FIGURES === 'true';

/** A figure that is said, and kept for the table; where it is measured, it has to be reached. */
export function figure(what: string, measured: number, unit: string, most?: number): void {
  const rounded = measured < 10 ? Math.round(measured * 10) / 10 : Math.round(measured);
  const wanted = most === undefined ? '' : `${most} ${unit}`;
  console.log(`${what}: ${rounded} ${unit}${wanted && ` (wanted: ${wanted})`}`);
  if (!measuring) return;
  const folder = resolve(import.meta.dirname, '../../target');
  mkdirSync(folder, { recursive: true });
  appendFileSync(
    join(folder, 'console-figures.md'),
    `| ${what} | ${rounded} ${unit} | ${wanted} |\n`,
  );
  if (most !== undefined) expect.soft(rounded, what).toBeLessThanOrEqual(most);
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
