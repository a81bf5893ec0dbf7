import { expect, it } from 'vitest';
import { styleTextOnly } from './trustedTypes';

it('lets the text of a style through, and no markup', () => {
  expect(styleTextOnly(':root{--a:1}')).toBe(':root{--a:1}');
  for (const text of ['<b>', 'a{}</style>', '<', 'x<!--']) {
    expect(() => styleTextOnly(text)).toThrow(TypeError);
  }
});
