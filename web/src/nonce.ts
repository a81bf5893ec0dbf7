import { setNonce } from 'get-nonce';

/** What this answer of the hub allows `<style>` elements by. */
export const nonce: string =
  document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

if (nonce) setNonce(nonce);
