import { defineConfig } from '@playwright/test';

/*
 * The console in a real Chromium, against hubs and agents that ./fairlead quickstart starts for the
 * run (e2e/setup.ts). One for each worker: the flows of a file follow each other, and those of two
 * files may meet at the same hub, one after the other, in the order of their names.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../target/console-tests',
  workers: process.env.FAIRLEAD_FIGURES || process.env.FAIRLEAD_PICTURES ? 1 : 2,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: { actionTimeout: 20_000, trace: process.env.FAIRLEAD_TRACE ? 'on' : 'off' },
});
