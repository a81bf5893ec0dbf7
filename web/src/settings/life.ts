import type { Schemas } from '../api/client';

const DAY = 86_400_000;
/** Below this a certificate that nobody renews is something to do now. */
const SOON = 21;

export interface Life {
  /** Whole days until the end; below 0 it is over. */
  days: number;
  /** Of its life, what is over: 0 to 1. */
  share: number;
  level: 'fine' | 'warning' | 'bad';
}

/** How old a certificate is; `renewed` is when the hub makes the next one by itself. */
export function lifeOf(
  certificate: Pick<Schemas['Certificate'], 'notBefore' | 'notAfter'>,
  renewed: string | null,
  now: number,
): Life {
  const from = Date.parse(certificate.notBefore);
  const to = Date.parse(certificate.notAfter);
  const days = Math.floor((to - now) / DAY);
  const share = Math.min(1, Math.max(0, (now - from) / (to - from)));
  const late = renewed !== null && now > Date.parse(renewed) + DAY;
  const level = days < 0 ? 'bad' : (renewed === null && days < SOON) || late ? 'warning' : 'fine';
  return { days, share, level };
}

/** The CN of a distinguished name, or all of it. */
export function shortName(distinguished: string): string {
  return (
    /(?:^|,)\s*CN=((?:\\.|[^,\\])+)/i.exec(distinguished)?.[1]?.replace(/\\(.)/g, '$1') ??
    distinguished
  );
}

/** As people compare it: in blocks of four. */
export function blocks(fingerprint: string): string {
  return fingerprint.replace(/(.{4})(?=.)/g, '$1 ');
}
