import type { Node } from '../api/client';

/*
 * What the address of the fleet page says, and which nodes that means.
 */

export interface FleetSearch {
  /** Words that must be found in what the row says. */
  q?: string;
  /** `k=v,k2=v2`, as the API and the command line write it. */
  labels?: string;
  state?: 'online' | 'offline' | 'attention';
  /** A column, with `-` before it for the other way round. */
  sort?: string;
  /** Hub and spokes in the place of the table. */
  view?: 'picture';
  /** The key of the label by which the picture has its groups. */
  by?: string;
}

const STATES = ['online', 'offline', 'attention'];

export function readFleetSearch(raw: Record<string, unknown>): FleetSearch {
  const found: FleetSearch = {};
  if (raw.q !== undefined && raw.q !== '') found.q = String(raw.q).slice(0, 200);
  if (typeof raw.labels === 'string' && raw.labels) found.labels = raw.labels.slice(0, 1024);
  if (STATES.includes(String(raw.state))) found.state = raw.state as 'online';
  if (typeof raw.sort === 'string' && /^-?[a-zA-Z]+$/.test(raw.sort)) found.sort = raw.sort;
  if (raw.view === 'picture') found.view = 'picture';
  if (typeof raw.by === 'string' && raw.by) found.by = raw.by.slice(0, 63);
  return found;
}

export type LabelFilter = [key: string, value: string][];

export function parseLabels(text: string | undefined): LabelFilter {
  return (text ?? '')
    .split(',')
    .map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)] as [string, string];
    })
    .filter(([key]) => key !== '');
}

export function labelsText(filter: LabelFilter): string {
  return filter.map(([key, value]) => `${key}=${value}`).join(',');
}

/** With the label, or without it where it was there. */
export function toggleLabel(filter: LabelFilter, key: string, value: string): LabelFilter {
  const without = filter.filter(([k, v]) => k !== key || v !== value);
  return without.length < filter.length
    ? without
    : [...filter.filter(([k]) => k !== key), [key, value]];
}

export function needsAttention(node: Node): boolean {
  return node.statistics?.health === 'warning' || (node.copies?.length ?? 0) > 0;
}

/** What a search looks at, once for each version of a node. */
const texts = new WeakMap<Node, string>();

export function textOf(node: Node): string {
  let text = texts.get(node);
  if (text === undefined) {
    text = [
      node.name,
      node.hostname,
      node.os,
      node.arch,
      node.agentVersion,
      node.link.address,
      ...Object.entries(node.labels).map(([key, value]) => `${key}=${value}`),
    ]
      .join('\n')
      .toLowerCase();
    texts.set(node, text);
  }
  return text;
}

export function filterNodes(nodes: readonly Node[], search: FleetSearch): Node[] {
  const wanted = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const labels = parseLabels(search.labels);
  const { state } = search;
  return nodes.filter((node) => {
    if (state === 'attention' ? !needsAttention(node) : state && node.link.state !== state) {
      return false;
    }
    if (labels.some(([key, value]) => node.labels[key] !== value)) return false;
    if (wanted.length === 0) return true;
    const text = textOf(node);
    return wanted.every((word) => text.includes(word));
  });
}
