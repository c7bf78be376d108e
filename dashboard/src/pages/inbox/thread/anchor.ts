/** By how much a thread grew below what somebody reads: told by the place of its newest settled item. Texts on their way
 * stand below all others and become others when they settle, so that nothing can be told by them. */
import type { Item } from './items';

export interface Anchor {
  key: string;
  /** How far it is from the end. */
  start: number;
}

/** Where an item is; 0 is the newest. */
type Places = { start: number }[];

export function anchorOf(items: Item[], places: Places): Anchor | null {
  const n = items.findLastIndex(({ kind }) => kind === 'message' || kind === 'entry');
  const item = items[n];
  return item ? { key: item.key, start: startOf(items, places, n) } : null;
}

/** How far the anchor has moved from the end since. */
export function movedBy(anchor: Anchor | null, items: Item[], places: Places): number {
  const n = anchor ? items.findLastIndex(({ key }) => key === anchor.key) : -1;
  return anchor && n >= 0 ? startOf(items, places, n) - anchor.start : 0;
}

const startOf = (items: Item[], places: Places, n: number): number =>
  places[items.length - 1 - n]?.start ?? 0;
