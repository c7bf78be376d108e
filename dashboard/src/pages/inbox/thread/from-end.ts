/** Scrolling counted from the end of a `column-reverse` element, for the virtual list: 0 is the end, and more is further up.
 * The browser's own positions there are 0 and below. */
import type { Virtualizer, VirtualizerOptions } from '@tanstack/react-virtual';

type Options = VirtualizerOptions<HTMLDivElement, Element>;
type List = Virtualizer<HTMLDivElement, Element>;

const CALM_MS = 150;

export const fromEnd: Options['observeElementOffset'] = (list: List, tell) => {
  const element = list.scrollElement;
  if (!element) return undefined;
  let timer = 0;
  const offset = () => Math.max(0, -element.scrollTop);
  const scrolled = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => tell(offset(), false), CALM_MS);
    tell(offset(), true);
  };
  element.addEventListener('scroll', scrolled, { passive: true });
  return () => {
    window.clearTimeout(timer);
    element.removeEventListener('scroll', scrolled);
  };
};

export const toEnd: Options['scrollToFn'] = (offset, { adjustments = 0, behavior }, list: List) =>
  list.scrollElement?.scrollTo({ top: -(offset + adjustments), behavior });
