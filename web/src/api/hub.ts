import { useSyncExternalStore } from 'react';

/*
 * Whether the hub answers, and whether it still knows us. When it is away it is asked again and
 * again until it is back; then everybody who wants to know is told.
 */

export interface HubState {
  /** Since when it is away; null while it answers. */
  awaySince: number | null;
  /** The sign-in ended while a page was open. */
  signedOut: boolean;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;

let state: HubState = { awaySince: null, signedOut: false };
const listeners = new Set<() => void>();
const onBack = new Set<() => void>();
let asking = false;

function set(next: Partial<HubState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

async function answers(): Promise<boolean> {
  try {
    const response = await fetch('/api/v1/hub', { cache: 'no-store' });
    return response.ok;
  } catch {
    return false;
  }
}

async function askUntilBack(): Promise<void> {
  if (asking) return;
  asking = true;
  let wait = FIRST_WAIT;
  while (!(await answers())) {
    if (state.awaySince === null) set({ awaySince: Date.now() });
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(LONGEST_WAIT, wait * 1.6);
  }
  asking = false;
  if (state.awaySince !== null) {
    set({ awaySince: null });
    for (const listener of onBack) listener();
  }
}

export const hub = {
  state: (): HubState => state,

  /** Something was not answered: find out whether the hub is away. */
  lost(): void {
    void askUntilBack();
  },

  signedOut(): void {
    if (!state.signedOut) set({ signedOut: true });
  },

  signedIn(): void {
    if (state.signedOut) set({ signedOut: false });
  },

  /** Called each time that the hub is back. */
  whenBack(listener: () => void): () => void {
    onBack.add(listener);
    return () => onBack.delete(listener);
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useHub(): HubState {
  return useSyncExternalStore(subscribe, hub.state);
}
