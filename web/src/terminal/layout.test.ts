import { expect, test } from 'vitest';
import { divided, type Parts, type Split, withBeside, without } from './layout';
import type { Pane } from './Pane';

const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ key }) as unknown as Pane) as [Pane, Pane, Pane];
const one = (pane: Pane): Split => ({ kind: 'pane', pane });

test('a terminal beside another takes half of its room', () => {
  const two = withBeside(one(a), a, b, 'row') as Parts;
  expect(two.shares).toEqual([0.5, 0.5]);
  const three = withBeside(two, b, c, 'row') as Parts;
  expect(three.parts).toEqual([one(a), one(b), one(c)]);
  expect(three.shares).toEqual([0.5, 0.25, 0.25]);
  const below = withBeside(two, b, c, 'column') as Parts;
  expect(below.shares).toEqual([0.5, 0.5]);
  expect((below.parts[1] as Parts).kind).toBe('column');
});

test('a line is moved between two, whose neighbours keep their room', () => {
  const three = withBeside(withBeside(one(a), a, b, 'row'), b, c, 'row') as Parts;
  expect((divided(three, three, 1, 0.8) as Parts).shares).toEqual([0.5, 0.4, expect.closeTo(0.1)]);
  expect((divided(three, three, 0, -3) as Parts).shares[0]).toBeCloseTo(0.075);
  expect((divided(three, three, 0, 7) as Parts).shares[1]).toBeCloseTo(0.075);
});

test('a line within a part is moved in that part only', () => {
  const nested = withBeside(withBeside(one(a), a, b, 'row'), b, c, 'column') as Parts;
  const moved = divided(nested, nested.parts[1] as Parts, 0, 0.25) as Parts;
  expect(moved.shares).toEqual([0.5, 0.5]);
  expect((moved.parts[1] as Parts).shares).toEqual([0.25, 0.75]);
});

test('the room of one that is closed goes to those that stay, in proportion', () => {
  const three = withBeside(withBeside(one(a), a, b, 'row'), b, c, 'row');
  expect((without(three, a) as Parts).shares).toEqual([0.5, 0.5]);
  expect((without(three, b) as Parts).shares).toEqual([
    expect.closeTo(2 / 3),
    expect.closeTo(1 / 3),
  ]);
  expect(without(without(three, a) as Split, b)).toEqual(one(c));
  expect(without(one(c), c)).toBeNull();
});
