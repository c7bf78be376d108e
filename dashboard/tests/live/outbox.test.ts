import { expect, test, vi } from 'vitest';
import { Problem } from '@/api/problem';
import type { Message } from '@/live/frames';
import { Outbox, type Sending, unsettled } from '@/live/outbox';

const shelf = (kept: Record<string, string> = {}) => ({
  kept,
  getItem: (key: string) => kept[key] ?? null,
  setItem: (key: string, value: string) => {
    kept[key] = value;
  },
});
const text = (key: string, words = 'Yes, at eight') => ({
  key,
  conversationId: 'cnv_1',
  text: words,
  mediaIds: [],
  at: '2026-03-10T14:00:00.000Z',
  after: '2026-03-10T13:00:00.000000Z',
});
const settled = () => vi.waitFor(() => undefined);

test('texts leave in order, one at a time', async () => {
  const sent: string[] = [];
  const box = new Outbox('usr', async (one) => void sent.push(one.key), shelf());
  box.add(text('1'));
  box.add(text('2'));
  await vi.waitFor(() => expect(box.all()).toEqual([]));
  expect(sent).toEqual(['1', '2']);
});

test('without a connection a text waits, and leaves under the same key', async () => {
  let isAway = true;
  const keys: string[] = [];
  const box = new Outbox(
    'usr',
    async (one) => {
      keys.push(one.key);
      if (isAway) throw new Problem(0, 'offline', 'away');
    },
    shelf(),
  );
  box.add(text('1'));
  await vi.waitFor(() => expect(box.all()[0]?.state).toBe('waiting'));
  isAway = false;
  await settled();
  box.go();
  await vi.waitFor(() => expect(box.all()).toEqual([]));
  expect(new Set(keys)).toEqual(new Set(['1']));
});

test('a refusal is shown with its words and can be tried again', async () => {
  let refuses = true;
  const post = async () => {
    if (refuses) throw new Problem(409, 'number_released', 'this number is no longer yours');
  };
  const box = new Outbox('usr', post, shelf());
  box.add(text('1'));
  await vi.waitFor(() => expect(box.all()[0]?.problem).toBe('this number is no longer yours'));
  refuses = false;
  await settled();
  box.again('1');
  await vi.waitFor(() => expect(box.all()).toEqual([]));
});

test('what a page that was closed left behind is sent by the next one', async () => {
  const kept: Sending = { ...text('1'), state: 'sending', problem: '' };
  const storage = shelf({ 'parley.outbox.usr': JSON.stringify([kept]) });
  const sent: string[] = [];
  const box = new Outbox('usr', async (one) => void sent.push(one.key), storage);
  expect(box.all()[0]?.state).toBe('waiting');
  box.go();
  await vi.waitFor(() => expect(sent).toEqual(['1']));
});

test('a text that came by the stream first is not shown twice', () => {
  const twin = {
    id: 'msg_1',
    author: 'agent',
    text: 'Yes, at eight',
    created_at: '2026-03-10T14:00:01.000000Z',
  };
  const pending: Sending[] = [1, 2].map((n) => ({ ...text(String(n)), state: 'sending', problem: '' }));
  expect(unsettled(pending, [twin as Message]).map((one) => one.key)).toEqual(['2']);
  const older = { ...twin, created_at: '2026-03-10T12:00:00.000000Z' };
  expect(unsettled(pending, [older as Message])).toHaveLength(2);
});

test('two tabs keep their texts beside each other', async () => {
  const storage = shelf();
  const away = async () => {
    throw new Problem(0, 'offline', 'away');
  };
  const one = new Outbox('usr', away, storage);
  const other = new Outbox('usr', away, storage);
  one.add(text('1'));
  other.add(text('2'));
  const next = new Outbox('usr', away, storage);
  expect(next.all().map((each) => each.key)).toEqual(['1', '2']);
  one.drop('1');
  expect(new Outbox('usr', away, storage).all().map((each) => each.key)).toEqual(['2']);
});
