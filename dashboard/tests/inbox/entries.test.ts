import { QueryClient } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { api } from '@/api/client';
import { refreshEntries } from '@/pages/inbox/data/cache';
import { keys } from '@/pages/inbox/data/queries';

test('of two reads that overtake each other the later one counts', async () => {
  const queries = new QueryClient();
  const page = (...ids: string[]) => ({ items: ids.map((id) => ({ id })), next_cursor: null });
  queries.setQueryData(keys.entries('cnv'), { pages: [page('one'), page('none')], pageParams: [null, 'c'] });
  const answers: ((page: object) => void)[] = [];
  const get = vi
    .spyOn(api, 'GET')
    .mockImplementation((() => new Promise((done) => answers.push((data) => done({ data })))) as never);
  const both = [refreshEntries(queries, 'cnv'), refreshEntries(queries, 'cnv')];
  answers[1]?.(page('two', 'one'));
  await both[1];
  answers[0]?.(page('one'));
  await both[0];
  expect(queries.getQueryData(keys.entries('cnv'))).toMatchObject({
    pages: [page('two', 'one'), page('none')],
  });
  get.mockRestore();
});
