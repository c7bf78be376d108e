import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { createElement, type ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { api, changedBy } from '@/api/client';
import { Problem } from '@/api/problem';
import { isOf, useAct } from '@/parts/act';
import * as told from '@/parts/told';

const answering = (status: number, body: object) => async () =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** Labels, contacts and rows of the inbox as they were read, and who acts. */
function acting() {
  const queries = new QueryClient();
  const keys = [
    ['get', '/api/labels'],
    ['get', '/api/contacts'],
    ['inbox', 'list'],
    ['get', '/api/webhooks'],
  ];
  for (const key of keys) queries.setQueryData(key, {});
  const wrapper = ({ children }: { children: ReactNode }) =>
    createElement(QueryClientProvider, { client: queries }, children);
  const { result } = renderHook(() => useAct(), { wrapper });
  const stale = () =>
    keys.filter((key) => queries.getQueryState(key)?.isInvalidated).map((key) => key.at(-1));
  return { result, stale };
}

const deleting = (fetch: () => Promise<Response>) =>
  api.DELETE('/api/labels/{label_id}', { params: { path: { label_id: 'l' } }, fetch });

test('an act names the parts of the API that it was sent to, not those that it read', async () => {
  const fetch = answering(200, {});
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

test('what an act changes beside its own part is read anew, too', async () => {
  const { result, stale } = acting();
  await act(async () => {
    await result.current.act(() => deleting(answering(200, {})), undefined, {
      also: ['/api/contacts', 'inbox'],
    });
  });
  expect(stale()).toEqual(['/api/labels', '/api/contacts', 'list']);
});

test('after a refusal, too, what is shown is read anew; it is said once', async () => {
  const { result, stale } = acting();
  const corner = vi.spyOn(told, 'tellFailed').mockImplementation(() => {});
  const refusal = answering(409, { code: 'conflict', detail: 'Somebody changed it.' });
  await act(() => result.current.act(() => deleting(refusal)));
  expect(stale()).toEqual(['/api/labels']);
  expect(corner).toHaveBeenCalledOnce();
  expect(corner.mock.calls[0]?.[0]).toBeInstanceOf(Problem);
  const beside = vi.fn();
  await act(() => result.current.act(() => deleting(refusal), undefined, { refused: beside }));
  expect(beside.mock.calls).toEqual([[''], ['Somebody changed it.']]);
  expect(corner).toHaveBeenCalledOnce();
  await waitFor(() => expect(result.current.isBusy).toBe(false));
  corner.mockRestore();
});
