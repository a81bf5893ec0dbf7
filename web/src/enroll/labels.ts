const KEY = /^[a-z0-9][a-z0-9._/-]{0,62}$/;
const VALUE = /^[A-Za-z0-9._:@/-]{0,63}$/;

/** Labels as a person types them: `k=v`, with commas or blanks between. */
export function readLabels(text: string): { labels: Record<string, string>; wrong?: string } {
  const labels: Record<string, string> = {};
  for (const pair of text.split(/[\s,]+/).filter(Boolean)) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    const value = pair.slice(at + 1);
    if (at < 1 || !KEY.test(key) || !VALUE.test(value)) return { labels, wrong: pair };
    labels[key] = value;
  }
  return { labels };
}
