import { defineConfig } from '@playwright/test';

/*
 * The console in a real Chromium, against a hub and an agent that ./fairlead quickstart starts for
 * the run (e2e/hub.ts). One page at a time: the tests share the hub.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../target/console-tests',
  globalSetup: './e2e/setup.ts',
  workers: 1,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: { actionTimeout: 20_000, trace: process.env.FAIRLEAD_TRACE ? 'on' : 'off' },
});
