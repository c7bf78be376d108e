import { expect, test } from 'vitest';
import { api, changedBy } from '@/api/client';
import { isOf } from '@/parts/act';

test('an act names the parts of the API that it was sent to, not those that it read', async () => {
  const fetch = async () => new Response('{}', { headers: { 'content-type': 'application/json' } });
  const { parts } = await changedBy(async () => {
    await api.GET('/api/labels', { fetch });
    await api.DELETE('/api/webhooks/{webhook_id}', { params: { path: { webhook_id: 'w' } }, fetch });
  });
  expect(parts).toEqual(['/api/webhooks']);
});

test('what is read of a part is everything below it, and nothing that only begins like it', () => {
  const isOfLabels = isOf(['/api/labels']);
  expect(isOfLabels({ queryKey: ['get', '/api/labels', {}] })).toBe(true);
  expect(isOfLabels({ queryKey: ['get', '/api/labels/{label_id}'] })).toBe(true);
  expect(isOfLabels({ queryKey: ['get', '/api/labels-of-old'] })).toBe(false);
  expect(isOfLabels({ queryKey: ['inbox', 'list'] })).toBe(false);
});
