/*
 * What a page does, as a person would type it.
 */

/** A word of a shell's command line, quoted only where it must be. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a session ran, as a person would type it; what is no array of words stays as it is. */
export function shellLine(target: string): string {
  if (!target.startsWith('["')) return target;
  try {
    const words: unknown = JSON.parse(target);
    return Array.isArray(words) && words.every((word) => typeof word === 'string')
      ? words.map(quote).join(' ')
      : target;
  } catch {
    // It was too long, and cut off.
    return target;
  }
}

/** Words of a command line; what is missing or false is left out. */
export function commandLine(...words: (string | number | false | null | undefined)[]): string {
  return words
    .filter((word) => word !== false && word !== null && word !== undefined)
    .map((word) => quote(String(word)))
    .join(' ');
}

/** The same by the API, with a token from the environment: none is ever in a text to copy. */
export function curl(
  path: string,
  ask: { method?: string; body?: unknown; query?: Record<string, unknown> } = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(ask.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const url = `${window.location.origin}${path}${query.size ? `?${query}` : ''}`;
  return [
    'curl',
    ...(ask.method ? ['-X', ask.method] : []),
    '-H "Authorization: Bearer $FAIRLEAD_TOKEN"',
    ...(ask.body === undefined
      ? []
      : ['-H', quote('Content-Type: application/json'), '-d', quote(JSON.stringify(ask.body))]),
    /^[\w:./-]+$/.test(url) ? url : `'${url}'`,
  ].join(' ');
}
