import { expect, test } from 'vitest';
import { Problem, problemOf } from '@/api/problem';

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
