/** The address names what is listed; the views that everybody has; and back. */
import type { TFunction } from 'i18next';
import type { Filters } from '@/live/inbox';

type Search = Record<string, string | undefined>;

const FLAGS = ['mine', 'unread', 'needs_person', 'snoozed'] as const;
const WORDS = ['state', 'assignee', 'label', 'number', 'ai_state', 'q'] as const;

export const INBOX: Filters = { state: 'open', snoozed: false };

/** Without anything in the address: what is open and not put aside. A search looks everywhere. */
export function filtersOf(search: Search): Filters {
  const named: Record<string, unknown> = {};
  for (const flag of FLAGS) if (search[flag]) named[flag] = search[flag] === 'true';
  for (const word of WORDS) if (search[word]) named[word] = search[word];
  return Object.keys(named).length ? (named as Filters) : INBOX;
}

export function searchOf(filters: Filters): Search {
  if (isSame(filters, INBOX)) return {};
  return Object.fromEntries(
    Object.entries(filters)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, String(value)]),
  );
}

export const isSame = (one: Filters, other: Filters) =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

export interface View {
  id: string;
  name: string;
  filters: Filters;
}

export function commonViews(t: TFunction): View[] {
  return [
    { id: 'inbox', name: t('Inbox'), filters: INBOX },
    { id: 'mine', name: t('Mine'), filters: { state: 'open', snoozed: false, mine: true } },
    { id: 'person', name: t('Wants a person'), filters: { state: 'open', needs_person: true } },
    { id: 'drafts', name: t('Suggested replies'), filters: { state: 'open', ai_state: 'draft_ready' } },
    { id: 'unread', name: t('Unread'), filters: { state: 'open', unread: true } },
    {
      id: 'nobody',
      name: t('Assigned to nobody'),
      filters: { state: 'open', snoozed: false, assignee: 'none' },
    },
    { id: 'snoozed', name: t('Snoozed'), filters: { snoozed: true } },
    { id: 'closed', name: t('Closed'), filters: { state: 'closed' } },
    { id: 'all', name: t('Everything'), filters: { state: 'all' } },
  ];
}
