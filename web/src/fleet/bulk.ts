import { hub } from '../api/hub';
import { HubAway } from '../api/problem';

/*
 * One act on many nodes: a few at once, each by itself, so that one that fails stops no other.
 */

export interface Progress<T> {
  all: number;
  done: number;
  failed: { what: T; error: unknown }[];
}

const AT_ONCE = 4;

/** @param told after each one; true stops before the next */
export async function forEach<T>(
  all: readonly T[],
  act: (one: T) => Promise<unknown>,
  told: (progress: Progress<T>) => boolean,
): Promise<Progress<T>> {
  let progress: Progress<T> = { all: all.length, done: 0, failed: [] };
  let next = 0;
  let stopped = false;
  const work = async () => {
    while (!stopped && next < all.length) {
      const one = all[next++] as T;
      try {
        await act(one);
        progress = { ...progress, done: progress.done + 1 };
      } catch (error) {
        progress = { ...progress, failed: [...progress.failed, { what: one, error }] };
        // Nothing else would come through either.
        if (error instanceof HubAway || hub.state().signedOut) stopped = true;
      }
      stopped = told(progress) || stopped;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
  return progress;
}

const KEY = /^[a-z0-9][a-z0-9._/-]{0,62}$/;
const VALUE = /^[A-Za-z0-9._:@/-]{0,63}$/;

/** As the contract has labels; null where it is none. */
export function parseLabel(text: string): [key: string, value: string] | null {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at > 0 && KEY.test(key) && VALUE.test(value) ? [key, value] : null;
}
