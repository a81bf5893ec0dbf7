import { nonce } from '../nonce';

let allowed = false;

/**
 * xterm.js sets the colours and sizes of its DOM renderer by `<style>` elements and `style`
 * attributes that it makes. The content policy lets through elements that carry this page's nonce,
 * and what is set by the object model.
 */
export function allowStyles(): void {
  if (allowed) return;
  allowed = true;
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement && nonce) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
  const set = HTMLSpanElement.prototype.setAttribute;
  HTMLSpanElement.prototype.setAttribute = function (name: string, value: string) {
    if (name === 'style') this.style.cssText = value;
    else set.call(this, name, value);
  };
}
