import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { api } from '@/api/client';
import { offline } from '@/api/problem';
import { type Chosen, isLost, useFiles } from '@/pages/inbox/data/files';
import * as told from '@/parts/told';

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

const chosenIn = () => renderHook(() => useFiles('usr', 'cnv_1')).result;

test('a file that could not be uploaded stays, says why, and holds the text until another try succeeds', async () => {
  const post = vi.spyOn(api, 'POST').mockRejectedValueOnce(offline());
  const result = chosenIn();
  act(() => result.current.add([new File(['cake'], 'cake.png')]));
  await waitFor(() => expect(result.current.all[0]?.problem).toBe(offline().detail));
  expect(result.current.isBusy).toBe(true);
  post.mockResolvedValueOnce({ data: { id: 'med_2' } } as never);
  act(() => result.current.again(result.current.all[0] as Chosen));
  await waitFor(() => expect(result.current.ids).toEqual(['med_2']));
  expect(result.current.isBusy).toBe(false);
  act(() => result.current.clear());
  post.mockRestore();
});

test('an eleventh file is left out, and that is said', () => {
  const post = vi.spyOn(api, 'POST').mockReturnValue(new Promise(() => {}));
  const notice = vi.spyOn(told, 'tellFailed').mockImplementation(() => {});
  const result = chosenIn();
  const files = Array.from({ length: 10 }, (_, n) => new File(['cake'], `${n}.png`));
  act(() => result.current.add(files));
  expect(notice).not.toHaveBeenCalled();
  act(() => result.current.add([new File(['cake'], 'eleventh.png')]));
  expect(result.current.all).toHaveLength(10);
  expect(notice).toHaveBeenCalledOnce();
  act(() => result.current.clear());
  notice.mockRestore();
  post.mockRestore();
});

test('files follow what another tab did with them; what this tab still uploads stays', () => {
  const post = vi.spyOn(api, 'POST').mockReturnValue(new Promise(() => {}));
  const result = chosenIn();
  act(() => result.current.add([new File(['cake'], 'here.png')]));
  const there = JSON.stringify([{ key: 'k', name: 'there.png', id: 'med_3', at: Date.now() }]);
  const tell = (newValue: string | null) =>
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key: KEY, newValue })));
  tell(there);
  expect(result.current.all.map((one) => one.name)).toEqual(['there.png', 'here.png']);
  tell(null);
  expect(result.current.all.map((one) => one.name)).toEqual(['here.png']);
  act(() => result.current.clear());
  post.mockRestore();
});

test('of a file that was not uploaded before a reload its name is left, and the text waits until it is chosen again', async () => {
  const post = vi.spyOn(api, 'POST').mockResolvedValue({ data: { id: 'med_4' } } as never);
  const kept = [{ key: 'k', name: 'cake.png', id: null, at: Date.now() }];
  localStorage.setItem('parley.files.usr.cnv_9', JSON.stringify(kept));
  const { result } = renderHook(() => useFiles('usr', 'cnv_9'));
  expect(result.current.all.map(isLost)).toEqual([true]);
  expect(result.current.isBusy).toBe(true);
  act(() => result.current.add([new File(['cake'], 'cake.png')]));
  await waitFor(() => expect(result.current.ids).toEqual(['med_4']));
  expect(result.current.isBusy).toBe(false);
  act(() => result.current.clear());
  post.mockRestore();
});

test('a file that fails is kept by its name for a reload', async () => {
  const post = vi.spyOn(api, 'POST').mockRejectedValueOnce(offline());
  const result = chosenIn();
  act(() => result.current.add([new File(['cake'], 'cake.png')]));
  await waitFor(() => expect(result.current.all[0]?.problem).toBe(offline().detail));
  expect(JSON.parse(localStorage.getItem(KEY) ?? '[]')).toMatchObject([{ name: 'cake.png', id: null }]);
  act(() => result.current.clear());
  post.mockRestore();
});

test('what tries an upload again stays while it is under way', async () => {
  const post = vi.spyOn(api, 'POST').mockRejectedValueOnce(offline());
  const result = chosenIn();
  act(() => result.current.add([new File(['cake'], 'cake.png')]));
  await waitFor(() => expect(result.current.all[0]?.problem).toBe(offline().detail));
  post.mockReturnValueOnce(new Promise(() => {}));
  act(() => result.current.again(result.current.all[0] as Chosen));
  expect(result.current.all).toMatchObject([{ problem: offline().detail, isUploading: true }]);
  act(() => result.current.again(result.current.all[0] as Chosen));
  expect(post).toHaveBeenCalledTimes(2);
  act(() => result.current.clear());
  post.mockRestore();
});
