import type { Filters } from '@/live/inbox';

/** Views of one's own. */
export default function SavedViews(_: { filters: Filters; show: (filters: Filters) => void }) {
  return null;
}
