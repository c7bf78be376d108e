import { expect, test, vi } from 'vitest';
import { fromEnd, toEnd } from '@/pages/inbox/thread/from-end';

/** As a browser has it in a `column-reverse` element: 0 at the end, below zero further up. */
function thread() {
  const element = document.createElement('div');
  let top = 0;
  Object.defineProperty(element, 'scrollTop', { get: () => top });
  element.scrollTo = (({ top: to }: ScrollToOptions) => {
    top = to ?? 0;
    element.dispatchEvent(new Event('scroll'));
  }) as typeof element.scrollTo;
  return element;
}

test('a place is its distance from the end, and is found again by it', () => {
  vi.useFakeTimers();
  const list = { scrollElement: thread() } as never;
  const told: [number, boolean][] = [];
  const leave = fromEnd(list, (offset, isScrolling) => told.push([offset, isScrolling]));
  toEnd(300, { adjustments: 20 }, list);
  vi.runAllTimers();
  toEnd(0, {}, list);
  leave?.();
  vi.runAllTimers();
  expect(told).toEqual([
    [320, true],
    [320, false],
    [0, true],
  ]);
  vi.useRealTimers();
});
