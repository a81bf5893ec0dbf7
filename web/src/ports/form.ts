/** The forms in which the hub says its port matrix. */
export const FORMS = ['table', 'md', 'csv', 'json', 'nft'] as const;
export type Form = (typeof FORMS)[number];

/** What a file of each form is called and is. */
export const FILES: Record<Form, [ending: string, type: string]> = {
  table: ['txt', 'text/plain'],
  md: ['md', 'text/markdown'],
  csv: ['csv', 'text/csv'],
  json: ['json', 'application/json'],
  nft: ['nft', 'text/plain'],
};

export interface NetworkSearch {
  as?: Form;
}

export function readNetworkSearch(raw: Record<string, unknown>): NetworkSearch {
  const as = FORMS.find((form) => form === raw.as);
  return as && as !== 'table' ? { as } : {};
}

/** Whether it never leaves its machine. */
export function stays(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}
