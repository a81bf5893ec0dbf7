import { expect, it } from 'vitest';
import { readLabels } from './labels';

it('reads labels as people type them', () => {
  expect(readLabels(' site=oslo, role=build\nempty=')).toEqual({
    labels: { site: 'oslo', role: 'build', empty: '' },
  });
  expect(readLabels('')).toEqual({ labels: {} });
  for (const wrong of ['Site=x', 'site', '=x', 'a=b c=ø']) {
    expect(readLabels(wrong).wrong).toBeDefined();
  }
});
