/* What the address of the health page says. */

export const SPANS = ['1h', '6h', '24h'] as const;
export type Span = (typeof SPANS)[number];

export interface HealthSearch {
  span?: Span;
}

export function readHealthSearch(raw: Record<string, unknown>): HealthSearch {
  const span = SPANS.find((one) => one === raw.span);
  return span && span !== '1h' ? { span } : {};
}
