import type { Node } from '../api/client';
import { needsAttention } from './search';

/*
 * The fleet as a picture: groups of nodes around their hub, and where each of them is drawn.
 * Nothing here draws; sizes are of the picture's own units until `fitted` makes them pixels.
 */

export interface Group {
  /** The label's value; null: those that have none, or the many small ones together. */
  value: string | null;
  others: boolean;
  nodes: Node[];
  online: number;
  attention: number;
  /** Bytes a second, in and out, as its nodes say. */
  traffic: number;
  /** Milliseconds, of the middle one; null where none is known. */
  rtt: number | null;
}

const MOST_VALUES = 40;
export const MOST_GROUPS = 24;

/** The keys of labels that make a picture, best first: few groups that take in many nodes. */
export function keysOf(nodes: readonly Node[]): string[] {
  const values = new Map<string, Map<string, number>>();
  for (const node of nodes) {
    for (const [key, value] of Object.entries(node.labels)) {
      const of = values.get(key) ?? new Map<string, number>();
      values.set(key, of.set(value, (of.get(value) ?? 0) + 1));
    }
  }
  return [...values]
    .map(([key, of]) => {
      const labelled = [...of.values()].reduce((sum, n) => sum + n, 0);
      const useful = of.size >= 2 && of.size <= MOST_VALUES ? 1 : of.size === 1 ? 0.3 : 0.1;
      return { key, worth: (labelled / nodes.length) * useful };
    })
    .sort((a, b) => b.worth - a.worth || a.key.localeCompare(b.key))
    .map(({ key }) => key);
}

/** By the value of a label; the smallest ones together where there are more than fit. */
export function groupsOf(nodes: readonly Node[], key: string, most = MOST_GROUPS): Group[] {
  const by = new Map<string | null, Node[]>();
  for (const node of nodes) {
    const value = node.labels[key] ?? null;
    const of = by.get(value);
    if (of) of.push(node);
    else by.set(value, [node]);
  }
  const sorted = [...by].sort(
    (a, b) => b[1].length - a[1].length || String(a[0]).localeCompare(String(b[0])),
  );
  const own = sorted.length > most ? sorted.slice(0, most - 1) : sorted;
  const rest = sorted.slice(own.length).flatMap(([, of]) => of);
  const groups = own
    .map(([value, of]) => group(value, of))
    .sort((a, b) => (a.value ?? '￿').localeCompare(b.value ?? '￿'));
  return rest.length > 0 ? [...groups, { ...group(null, rest), others: true }] : groups;
}

function group(value: string | null, nodes: Node[]): Group {
  const rtts: number[] = [];
  let online = 0;
  let attention = 0;
  let traffic = 0;
  for (const node of nodes) {
    if (needsAttention(node)) attention++;
    if (node.link.state !== 'online') continue;
    online++;
    traffic += (node.statistics?.networkIn ?? 0) + (node.statistics?.networkOut ?? 0);
    const rtt = rttOf(node);
    if (rtt !== null) rtts.push(rtt);
  }
  rtts.sort((a, b) => a - b);
  return {
    value,
    others: false,
    nodes,
    online,
    attention,
    traffic,
    rtt: rtts[Math.floor(rtts.length / 2)] ?? null,
  };
}

/** The round trip of a node's link, in milliseconds, where its agent tells it. */
export function rttOf(node: Node): number | null {
  return node.link.rttMillis ?? null;
}

export interface Place {
  x: number;
  y: number;
  r: number;
}

export interface Picture {
  hub: Place;
  groups: Place[];
  /** How far apart nodes are, in pixels. */
  spacing: number;
}

const GOLDEN = Math.PI * (3 - Math.sqrt(5));
/** In units of the distance between two nodes. */
const PAD = 1.1;
const LARGEST_SPACING = 30;
/** Fewer groups than these do not need all of the room. */
const FEW = 8;

/** Where the n-th node of so many is: as seeds of a sunflower, so that any number is a disc. */
export function seed(n: number, spacing: number, count = MANY): [x: number, y: number] {
  const [x, y] = unit(n);
  if (count >= MANY) return [x * spacing, y * spacing];
  // A few of them are no disc yet: their middle is that of the group.
  let [cx, cy] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [sx, sy] = unit(i);
    cx += sx / count;
    cy += sy / count;
  }
  return [(x - cx) * spacing, (y - cy) * spacing];
}

const MANY = 12;

function unit(n: number): [x: number, y: number] {
  const r = 0.56 * Math.sqrt(n + (n === 0 ? 0 : 0.35));
  return [r * Math.cos(n * GOLDEN), r * Math.sin(n * GOLDEN)];
}

const radius = (nodes: number) => 0.56 * Math.sqrt(nodes) + PAD;

/** The groups on an oval around the hub, as large as the space allows, with room for their names. */
export function layOut(sizes: readonly number[], width: number, height: number): Picture {
  const label = { x: 70, y: 30 };
  const space = { x: Math.max(60, width / 2 - 8), y: Math.max(60, height / 2 - 8) };
  const hubR = Math.max(14, Math.min(22, Math.min(width, height) / 24));
  // The largest spacing at which everything is within, found by halves: the sum is monotone.
  let low = 0.4;
  let high = LARGEST_SPACING;
  let best = place(sizes, low, space, label, hubR);
  for (let i = 0; i < 24; i++) {
    const spacing = (low + high) / 2;
    const tried = place(sizes, spacing, space, label, hubR);
    if (fits(tried, space, label, hubR)) {
      low = spacing;
      best = tried;
    } else high = spacing;
  }
  // Where there is room to spare, the groups are not at its edges.
  for (const reach of [0.5, 0.6, 0.7, 0.8, 0.9]) {
    const nearer = place(sizes, low, space, label, hubR, reach);
    if (sizes.length < FEW && fits(nearer, space, label, hubR)) {
      best = nearer;
      break;
    }
  }
  const [cx, cy] = [width / 2, height / 2];
  return {
    hub: { x: cx, y: cy, r: hubR },
    groups: best.map(({ x, y, r }) => ({ x: cx + x, y: cy + y, r })),
    spacing: low,
  };
}

function place(
  sizes: readonly number[],
  spacing: number,
  space: { x: number; y: number },
  label: { x: number; y: number },
  hubR: number,
  reach = 1,
): Place[] {
  const radii = sizes.map((n) => Math.max(radius(n) * spacing, 9));
  if (sizes.length === 1) {
    const r = radii[0] as number;
    return [{ x: 0, y: Math.min(space.y - r - label.y, hubR + 28 + r), r }];
  }
  const largest = Math.max(...radii);
  const oval = {
    x: Math.max(space.x - Math.max(largest, label.x), 0) * reach,
    y: Math.max(space.y - largest - label.y / 2, 0) * reach,
  };
  // Each has as much of the way round as it is wide.
  const widths = radii.map((r) => 2 * Math.max(r, 12) + 14);
  const all = widths.reduce((sum, w) => sum + w, 0);
  let way = -(widths[0] as number) / 2;
  return radii.map((r, i) => {
    const w = widths[i] as number;
    const angle =
      ((way + w / 2) / all) * 2 * Math.PI - Math.PI / 2 + (sizes.length === 2 ? Math.PI / 2 : 0);
    way += w;
    return { x: oval.x * Math.cos(angle), y: oval.y * Math.sin(angle) - label.y / 2, r };
  });
}

function fits(
  places: Place[],
  space: { x: number; y: number },
  label: { x: number; y: number },
  hubR: number,
): boolean {
  return places.every(
    (one, i) =>
      Math.abs(one.x) + one.r <= space.x &&
      one.y + one.r + label.y <= space.y &&
      one.y - one.r >= -space.y &&
      Math.hypot(one.x, one.y) >= one.r + hubR + 20 &&
      places.every(
        (other, j) =>
          j <= i || Math.hypot(one.x - other.x, one.y - other.y) >= one.r + other.r + label.y,
      ),
  );
}

/** The node under a point, if there is one near enough. */
export function nodeAt(
  picture: Picture,
  groups: readonly Group[],
  x: number,
  y: number,
): Node | null {
  const near = Math.max(6, picture.spacing * 0.6);
  for (const [i, place] of picture.groups.entries()) {
    if (Math.hypot(x - place.x, y - place.y) > place.r + near) continue;
    let best: Node | null = null;
    let least = near;
    groups[i]?.nodes.forEach((node, n) => {
      const [dx, dy] = seed(n, picture.spacing, groups[i]?.nodes.length);
      const distance = Math.hypot(x - place.x - dx, y - place.y - dy);
      if (distance < least) {
        least = distance;
        best = node;
      }
    });
    if (best) return best;
  }
  return null;
}
