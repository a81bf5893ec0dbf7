import type { Schemas } from './client';
import { failure } from './client';
import { hub } from './hub';
import { isProblem } from './problem';

/*
 * Live changes of a tenant: one stream of server-sent events, read until it is closed, taken up
 * after the last event that was seen. Read by `fetch` and not by `EventSource`, which neither
 * tells why a stream was refused nor comes back from every loss.
 */

export type HubEvent = Schemas['Event'];

export interface Follower<E = HubEvent> {
  event(event: E): void;
  /** The stream is open, from now on nothing is missed. `anew`: what was before may have been. */
  open(anew: boolean): void;
}

/** The hub says something at least every 15 s. */
const SILENCE = 40_000;
/** The hub keeps events for an hour; with a margin, what is older may be gone. */
const KEPT = 50 * 60_000;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 8_000;

/**
 * Follows until the returned function is called. The pages of a browser share one stream: it allows
 * six connections to a hub, and each stream holds one. One page reads it and tells the others; when
 * that page is closed, the next takes up where it stopped.
 */
export function followEvents(tenant: string, follower: Follower): () => void {
  const closed = new AbortController();
  const place: Place = { last: null, seen: 0 };
  const path = `/api/v1/tenants/${tenant}/events`;
  if (!('locks' in navigator)) {
    void follow(path, place, follower, closed.signal);
    return () => closed.abort();
  }
  const name = `fairlead-events-${tenant}`;
  const channel = new BroadcastChannel(name);
  let leads = false;
  let open = false;
  const tell = (message: Told) => channel.postMessage(message);

  channel.onmessage = ({ data: told }: MessageEvent<Told>) => {
    if (told.kind === 'asks') {
      if (leads && open) tell({ kind: 'open', anew: false });
    } else if (told.kind === 'open') {
      const first = !open;
      open = true;
      if (first || told.anew) follower.open(true);
    } else {
      place.last = told.last;
      place.seen = Date.now();
      follower.event(told.event);
    }
  };
  tell({ kind: 'asks' });

  void navigator.locks
    .request(name, { signal: closed.signal }, () => {
      leads = true;
      return follow<HubEvent>(
        path,
        place,
        {
          open: (anew) => {
            const first = !open;
            open = true;
            follower.open(anew || first);
            tell({ kind: 'open', anew });
          },
          event: (event) => {
            follower.event(event);
            if (place.last !== null) tell({ kind: 'event', event, last: place.last });
          },
        },
        closed.signal,
      );
    })
    .catch(() => {
      // Closed before it was this page's turn.
    });
  // A page that the browser had put to sleep has missed what was told meanwhile.
  const awake = (event: PageTransitionEvent) => {
    if (event.persisted && open) follower.open(true);
  };
  window.addEventListener('pageshow', awake);
  return () => {
    closed.abort();
    channel.close();
    window.removeEventListener('pageshow', awake);
  };
}

/** What the page that reads tells the others, and what they ask it. */
type Told =
  | { kind: 'asks' }
  | { kind: 'open'; anew: boolean }
  | { kind: 'event'; event: HubEvent; last: string };

/** Up to where a stream was read, and when. */
export interface Place {
  last: string | null;
  seen: number;
}

/** Follows one stream for this page alone, from after `place.last`; without it, from now on. */
export async function follow<E>(
  path: string,
  place: Place,
  follower: Follower<E>,
  closed: AbortSignal,
): Promise<void> {
  let wait = FIRST_WAIT;
  while (!closed.aborted) {
    const anew: boolean = place.last === null || Date.now() - place.seen > KEPT;
    try {
      await read(path, anew ? null : place.last, closed, (message) => {
        place.seen = Date.now();
        wait = FIRST_WAIT;
        if (message === null) {
          follower.open(anew);
          return;
        }
        const { id, name, data } = message;
        if (id !== '') place.last = id;
        if (name !== 'end' && data !== '') follower.event(JSON.parse(data) as E);
      });
    } catch (error) {
      if (closed.aborted) return;
      if (isProblem(error, 'denied') || isProblem(error, 'not-found')) return;
    }
    if (closed.aborted) return;
    // Many pages come back to a hub that was restarted: not all in the same moment.
    await pause(wait * (0.5 + Math.random()), closed);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }
}

/** Waits; shorter where the hub was away and is back, or there is a new sign-in. */
function pause(millis: number, closed: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      forget();
      closed.removeEventListener('abort', over);
      done();
    };
    const timer = setTimeout(over, millis);
    const forget = hub.whenBack(over);
    closed.addEventListener('abort', over);
  });
}

async function read(
  path: string,
  last: string | null,
  closed: AbortSignal,
  take: (message: Message | null) => void,
): Promise<void> {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), SILENCE);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => quiet.abort(), SILENCE);
  };
  try {
    const response = await fetch(path, {
      headers: last === null ? {} : { 'Last-Event-ID': last },
      cache: 'no-store',
      signal: AbortSignal.any([closed, quiet.signal]),
    });
    if (!response.ok || !response.body) {
      throw failure(response, await response.json().catch(() => null));
    }
    take(null);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const messages = new Messages();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      for (const message of messages.add(value)) take(message);
    }
  } catch (error) {
    if (!closed.aborted) hub.lost();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export interface Message {
  id: string;
  name: string;
  data: string;
}

/** Takes an event stream apart, whatever pieces it comes in. */
export class Messages {
  private rest = '';

  add(text: string): Message[] {
    const blocks = (this.rest + text).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map(parse).filter((message) => message.data !== '' || message.id !== '');
  }
}

function parse(block: string): Message {
  const message: Message = { id: '', name: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const field = line.slice(0, colon);
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'id') message.id = value;
    else if (field === 'event') message.name = value;
    else if (field === 'data') data.push(value);
  }
  message.data = data.join('\n');
  return message;
}
