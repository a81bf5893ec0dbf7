import createClient, { type FetchResponse } from 'openapi-fetch';
import type { MediaType } from 'openapi-typescript-helpers';
import type { components, paths } from './contract';
import { hub } from './hub';
import { HubAway, HubProblem } from './problem';

/*
 * The hub's API, typed by its contract. `answer` turns what comes back into the value or throws:
 * `HubProblem` where the hub says why not, `HubAway` where there is no answer.
 */

export type Schemas = components['schemas'];
export type Node = Schemas['Node'];
export type Session = Schemas['Session'];
export type Me = Schemas['Me'];

export const api = createClient<paths>({
  baseUrl: '',
  fetch: (request) => globalThis.fetch(request),
});

api.use({
  onRequest({ request }) {
    // One key for each act: a repeat by the browser below us does not do it twice.
    if (request.method !== 'GET' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    }
    return request;
  },
  onError({ request, error }) {
    // Whoever gave it up knows.
    if (request.signal.aborted) return error as Error;
    hub.lost();
    return new HubAway(error);
  },
});

export async function answer<T extends Record<string | number, unknown>, O, M extends MediaType>(
  asked: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>['data']>> {
  const { data, error, response } = await asked;
  if (response.ok) return data as NonNullable<FetchResponse<T, O, M>['data']>;
  throw failure(response, error);
}

/** What a refusal means for the whole console, and the error to throw. */
export function failure(response: Response, body: unknown): Error {
  if (isProblemBody(body)) {
    if (body.code === 'not-signed-in') hub.signedOut();
    if (body.code === 'unavailable') hub.lost();
    return new HubProblem(body);
  }
  // A gateway in front of a hub that is away.
  hub.lost();
  return new HubAway(`${response.status} ${response.statusText}`);
}

function isProblemBody(body: unknown): body is Schemas['Problem'] {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

/** All items of a list, page after page; `some` sees each page as it comes. */
export async function allPages<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>,
  some?: (items: T[]) => void,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await page(cursor);
    all.push(...items);
    some?.(items);
    cursor = next ?? undefined;
  } while (cursor);
  return all;
}
