/**
 * The one policy for what turns text into markup or script. React and Mantine set the text of
 * `<style>` elements; nothing else may come this way, so markup is refused, and there is no way at
 * all to make a script of text.
 */
export function styleTextOnly(text: string): string {
  if (text.includes('<')) throw new TypeError('Markup from text is refused.');
  return text;
}

declare global {
  interface Window {
    trustedTypes?: {
      createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
    };
  }
}

window.trustedTypes?.createPolicy('default', { createHTML: styleTextOnly });
