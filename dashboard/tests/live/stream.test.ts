import { beforeEach, expect, test, vi } from 'vitest';
import { Stream } from '@/live/stream';

/** A pretend socket: the test plays the server. */
class Line {
  static opened: Line[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = WebSocket.OPEN;
  constructor(readonly url: string) {
    Line.opened.push(this);
  }
  close() {}
  send() {}
  frame(type: string, id: string, data: object = {}) {
    this.onmessage?.({ data: JSON.stringify({ id, type, time: '2026-11-29T10:00:00Z', data }) });
  }
}

const open = (url: string) => new Line(url) as unknown as WebSocket;
const last = () => Line.opened.at(-1) as Line;

beforeEach(() => {
  Line.opened = [];
  vi.useFakeTimers();
});

test('after a break it resumes at the last frame it has seen', () => {
  const stream = new Stream('ws://x/ws', open);
  const seen: string[] = [];
  stream.listen((frame) => seen.push(frame.id));
  stream.start();
  last().frame('hello', 'e:1');
  last().frame('conversation.updated', 'e:2');
  last().onclose?.({ code: 1006 });
  expect(stream.state).toBe('connecting');
  vi.advanceTimersByTime(600);
  expect(last().url).toBe('ws://x/ws?last_event_id=e%3A2');
  last().frame('hello', 'e:2');
  last().frame('conversation.updated', 'e:3');
  expect(stream.state).toBe('live');
  expect(seen).toEqual(['e:1', 'e:2', 'e:2', 'e:3']);
});

test('a second failure is said, and the pauses grow', () => {
  const stream = new Stream('ws://x/ws', open);
  stream.start();
  last().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(600);
  expect(Line.opened).toHaveLength(2);
  last().onclose?.({ code: 1006 });
  expect(stream.state).toBe('offline');
  vi.advanceTimersByTime(400);
  expect(Line.opened).toHaveLength(2);
  vi.advanceTimersByTime(700);
  expect(Line.opened).toHaveLength(3);
});

test('a line that says nothing is given up', () => {
  const stream = new Stream('ws://x/ws', open);
  stream.start();
  last().frame('hello', 'e:1');
  vi.advanceTimersByTime(61_000);
  expect(Line.opened).toHaveLength(2);
});

test('whose session was ended is not connected again', () => {
  const stream = new Stream('ws://x/ws', open);
  stream.start();
  last().onclose?.({ code: 4401 });
  expect(stream.state).toBe('ended');
  vi.advanceTimersByTime(60_000);
  expect(Line.opened).toHaveLength(1);
});
