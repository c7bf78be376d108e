import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { api } from '@/api/client';
import { useFiles } from '@/pages/inbox/data/files';

const KEY = 'parley.files.usr.cnv_1';

test('files stay with their conversation, and what was uploaded is kept for a reload', async () => {
  const post = vi.spyOn(api, 'POST').mockResolvedValue({ data: { id: 'med_1' } } as never);
  const { result, rerender } = renderHook(({ id }) => useFiles('usr', id), { initialProps: { id: 'cnv_1' } });
  act(() => result.current.add([new File(['cake'], 'cake.png')]));
  expect(result.current.isBusy).toBe(true);
  rerender({ id: 'cnv_2' });
  expect(result.current.all).toEqual([]);
  rerender({ id: 'cnv_1' });
  await waitFor(() => expect(result.current.ids).toEqual(['med_1']));
  expect(localStorage.getItem(KEY)).toContain('cake.png');
  act(() => result.current.clear());
  expect(localStorage.getItem(KEY)).toBe(null);
  post.mockRestore();
});
