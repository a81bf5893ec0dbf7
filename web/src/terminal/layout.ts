import type { Pane } from './Pane';

/*
 * How the terminals of a tab share its room.
 */

export type Split = { kind: 'pane'; pane: Pane } | Parts;

/** Side by side or one below the other; `shares` of the room are each part's, and add up to 1. */
export interface Parts {
  kind: 'row' | 'column';
  parts: Split[];
  shares: number[];
}

export function panes(split: Split): Pane[] {
  return split.kind === 'pane' ? [split.pane] : split.parts.flatMap(panes);
}

export function first(split: Split): Pane {
  return panes(split)[0] as Pane;
}

export function withBeside(
  split: Split,
  of: Pane,
  beside: Pane,
  direction: 'row' | 'column',
): Split {
  if (split.kind === 'pane') {
    return split.pane === of
      ? { kind: direction, parts: [split, { kind: 'pane', pane: beside }], shares: [0.5, 0.5] }
      : split;
  }
  const at = split.parts.findIndex((part) => part.kind === 'pane' && part.pane === of);
  if (at >= 0 && split.kind === direction) {
    const parts = [...split.parts];
    parts.splice(at + 1, 0, { kind: 'pane', pane: beside });
    const shares = [...split.shares];
    const half = (shares[at] ?? 0) / 2;
    shares.splice(at, 1, half, half);
    return { ...split, parts, shares };
  }
  return { ...split, parts: split.parts.map((part) => withBeside(part, of, beside, direction)) };
}

export function without(split: Split, pane: Pane): Split | null {
  if (split.kind === 'pane') return split.pane === pane ? null : split;
  const left = split.parts
    .map((part, at) => ({ part: without(part, pane), share: split.shares[at] ?? 0 }))
    .filter((one): one is { part: Split; share: number } => one.part !== null);
  if (left.length < 2) return left[0]?.part ?? null;
  const all = left.reduce((sum, { share }) => sum + share, 0);
  return {
    ...split,
    parts: left.map(({ part }) => part),
    shares: left.map(({ share }) => share / all),
  };
}

/** The least that a part keeps of what it and its neighbour have. */
export const LEAST_SHARE = 0.1;

export function divided(layout: Split, of: Parts, at: number, share: number): Split {
  if (layout === of) {
    const both = (of.shares[at] ?? 0) + (of.shares[at + 1] ?? 0);
    const first = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
    const shares = [...of.shares];
    shares.splice(at, 2, both * first, both * (1 - first));
    return { ...of, shares };
  }
  if (layout.kind === 'pane') return layout;
  return { ...layout, parts: layout.parts.map((part) => divided(part, of, at, share)) };
}
