import { expect, test } from 'vitest';
import { asProblem, Problem, problemOf } from '@/api/problem';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });

test('problem details keep their code, their fields and the time to wait', async () => {
  const body = JSON.stringify({
    code: 'invalid',
    detail: 'name: too long',
    errors: [{ field: 'name', problem: 'too long' }],
  });
  const problem = await problemOf(answer(422, body, { 'retry-after': '3' }));
  expect(problem).toMatchObject({ status: 422, code: 'invalid', detail: 'name: too long', after: 3 });
  expect(problem.fields[0]).toEqual({ field: 'name', problem: 'too long' });
  expect(problem.isPassing).toBe(false);
});

test("a proxy's page is an error too", async () => {
  expect(await problemOf(answer(502, '<html>Bad gateway</html>'))).toMatchObject({
    status: 502,
    code: 'http_error',
  });
});

test.each([
  [0, true],
  [429, true],
  [503, true],
  [403, false],
])('status %i may pass: %s', (status, passing) => {
  expect(new Problem(status, 'x', 'y').isPassing).toBe(passing);
});

test.each([
  ['a fault of the page is not called a lost connection', new RangeError('Invalid time value'), 500],
  [
    'a script that cannot be loaded is',
    new TypeError('Failed to fetch dynamically imported module: /assets/a.js'),
    0,
  ],
  ['nor a style sheet', new Error('Unable to preload CSS for /assets/a.css'), 0],
  ['what the server said stays', new Problem(404, 'not_found', 'gone'), 404],
])('%s', (_, error, status) => {
  expect(asProblem(error).status).toBe(status);
});
