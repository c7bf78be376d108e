/** Parley's HTTP API: paths, bodies and answers are typed from OpenAPI (`npm run generate`). */
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueries from 'openapi-react-query';
import { Problem, problemOf } from './problem';
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

const ours: Middleware = {
  onRequest({ request }) {
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
    return new Problem(0, 'offline', 'Parley cannot be reached. Your device may be offline.');
  },
};

export const api = createFetchClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(ours);

/** `$api.useQuery('get', '/api/labels')` and the like. Errors are always a `Problem`. */
export const $api = createQueries(api);
