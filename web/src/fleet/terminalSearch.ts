/** A terminal to be opened, as its address asks for it. */
export interface TerminalsSearch {
  node?: string;
  /** As which account; missing for the node's default. */
  login?: string;
}

export function readTerminalsSearch(search: Record<string, unknown>): TerminalsSearch {
  if (typeof search.node !== 'string') return {};
  return typeof search.login === 'string' && /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(search.login)
    ? { node: search.node, login: search.login }
    : { node: search.node };
}
