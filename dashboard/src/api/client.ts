/** Parley's HTTP API: paths, bodies and answers are typed from OpenAPI (`npm run generate`). */
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueries from 'openapi-react-query';
import { offline, problemOf } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** A body without the fields that have a default. OpenAPI's types have them as required, which is so in answers only. */
export const part = <T>(body: Partial<T>): T => body as T;

/** Called when an answer says that nobody is signed in any more. */
let onSignedOut: () => void = () => {};
export const whenSignedOut = (act: () => void) => {
  onSignedOut = act;
};

const OPEN = ['/api/accounts/login', '/api/accounts/setup', '/api/accounts/operator-login'];

const listeners = new Set<(path: string) => void>();

/** The parts of the API ("/api/labels") that something was sent to while `ask` ran, also if it failed then. */
export async function changedBy<T>(ask: () => Promise<T>): Promise<{ answer: Promise<T>; parts: string[] }> {
  const parts = new Set<string>();
  const note = (path: string) => void parts.add(path.split('/', 3).join('/'));
  listeners.add(note);
  try {
    const answer = ask();
    await Promise.allSettled([answer]);
    return { answer, parts: [...parts] };
  } finally {
    listeners.delete(note);
  }
}

const ours: Middleware = {
  onRequest({ request, schemaPath }) {
    if (request.method !== 'GET') for (const tell of listeners) tell(schemaPath);
    // A request that is sent again by the browser or by a retry must not act twice.
    if (request.method === 'POST' && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', crypto.randomUUID());
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    if (response.status === 401 && !OPEN.some((path) => schemaPath.startsWith(path))) onSignedOut();
    throw await problemOf(response);
  },
  onError() {
    return offline();
  },
};

export const api = createFetchClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(ours);

const queries = createQueries(api);

/** Pages have a name of their own in the cache. The library gives them that of the same list read whole, and each would find
 * the other's data in a shape that it does not know. */
const inPages = ((method: string, path: string, init: unknown, options: object, client?: unknown) =>
  queries.useInfiniteQuery(
    method as never,
    path as never,
    init as never,
    { ...options, queryKey: [method, path, init, 'pages'] } as never,
    client as never,
  )) as unknown as typeof queries.useInfiniteQuery;

/** `$api.useQuery('get', '/api/labels')` and the like. Errors are always a `Problem`. */
export const $api = { ...queries, useInfiniteQuery: inPages };
