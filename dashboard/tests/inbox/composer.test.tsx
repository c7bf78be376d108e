import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { RepeatKey } from '@/api/repeat';
import { useDraft, withLeftOver } from '@/pages/inbox/data/kept';
import { asOpened, piecesOf } from '@/pages/inbox/thread/text';

test('words of an edited suggestion join what was typed before; an untouched suggestion leaves nothing', () => {
  expect(withLeftOver('One moment', 'Yes, at nine', 'Yes, at eight')).toBe('One moment\nYes, at nine');
  expect(withLeftOver('One moment', 'Yes, at eight', 'Yes, at eight')).toBe('One moment');
  expect(withLeftOver('', 'Yes, at nine', undefined)).toBe('Yes, at nine');
});

test('a draft follows what another tab did with it', () => {
  const { result } = renderHook(() => useDraft('usr', 'cnv_1', 'reply'));
  act(() => result.current[1]('Yes, at eight'));
  const key = 'parley.draft.usr.reply.cnv_1';
  act(() => void window.dispatchEvent(new StorageEvent('storage', { key, newValue: null })));
  expect(result.current[0]).toBe('');
});

test('the same body keeps its key until it is done', () => {
  const key = new RepeatKey();
  const first = key.of({ text: 'a' });
  expect(key.of({ text: 'a' })).toBe(first);
  expect(key.of({ text: 'b' })).not.toBe(first);
  const last = key.of({ text: 'b' });
  key.done();
  expect(key.of({ text: 'b' })).not.toBe(last);
});

test('a link ends before a character that turns the direction, and is asked about under its true host', () => {
  expect(piecesOf('see https://evil.example/\u202emoc.knab now')[1]).toBe('https://evil.example/');
  expect(piecesOf('javascript:alert(1)')).toHaveLength(1);
  expect(asOpened('https://b\u0430nk.example/')).toBe('https://xn--bnk-6cd.example/');
  expect(asOpened('http://[')).toBe(null);
});
