import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { sizes } from './sizes';

/** Packs what the hub serves once, here, so that it never packs for an answer. */
function pack(): Plugin {
  let out = '';
  return {
    name: 'pack',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir;
    },
    async closeBundle() {
      for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|json|wasm)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const bytes = await readFile(file);
        if (bytes.length < 1000) continue;
        await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        await writeFile(
          `${file}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
      }
    },
  };
}

/** `npm run dev` beside a hub: FAIRLEAD_HUB is its address, FAIRLEAD_CA the file of its CA. */
const hub = process.env.FAIRLEAD_HUB ?? 'https://localhost:8484';
const ca = process.env.FAIRLEAD_CA;

export default defineConfig({
  plugins: [react(), sizes(), pack()],
  html: { cspNonce: 'FAIRLEAD_NONCE' },
  build: {
    outDir: process.env.FAIRLEAD_WEB_OUT ?? 'dist',
    emptyOutDir: true,
    // Nothing as data: URLs: the content policy names files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: {
      '/api': {
        target: hub,
        changeOrigin: true,
        ws: true,
        ...(ca ? { ssl: { ca: readFileSync(ca) } } : {}),
        // The hub answers its own pages only; here this server stands for it.
        headers: { origin: hub },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'https://localhost/' } },
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
