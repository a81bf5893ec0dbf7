import { expect, test } from 'vitest';
import { checkSizes, type Part } from '../sizes';

const noise = (length: number) =>
  Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7919 + i * i * 31) % 90))).join(
    '',
  );

function part(more: Partial<Part>): Part {
  return { imports: [], modules: [], of: null, entry: false, code: '', ...more };
}

const visits = [
  { name: 'sign-in', pages: [], most: 1 },
  { name: 'fleet', pages: ['src/Fleet.tsx'], most: 2 },
];

test('a first visit loads what the first file imports, and its pages', () => {
  const fine = {
    'index.js': part({ entry: true, imports: ['shared.js'] }),
    'shared.js': part({ code: 'a' }),
    'fleet.js': part({ of: '/x/src/Fleet.tsx', imports: ['shared.js'] }),
    'terminal.js': part({ code: noise(100_000), modules: ['/x/node_modules/@xterm/xterm/a.js'] }),
  };
  expect(checkSizes(fine, visits)).toEqual([]);

  const large = {
    ...fine,
    'shared.js': part({ code: crypto.getRandomValues(new Uint8Array(1500)).join() }),
  };
  expect(checkSizes(large, visits)[0]).toMatch(
    /^sign-in: .* may have 1 KB; the largest are shared.js/,
  );

  const early = { ...fine, 'fleet.js': part({ of: '/x/src/Fleet.tsx', imports: ['terminal.js'] }) };
  expect(checkSizes(early, visits).join()).toContain('@xterm');

  const { 'fleet.js': _, ...without } = fine;
  expect(checkSizes(without, visits)).toEqual([
    expect.stringContaining('src/Fleet.tsx has no file of its own'),
  ]);
});
