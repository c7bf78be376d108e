import { Anchor, Button } from '@mantine/core';
import { Inbox, SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Filters } from '@/live/inbox';
import { Empty } from '@/parts/states';
import { INBOX, isSame } from '../data/filters';
import { useSandbox } from '../data/sandbox';

/** Says why nothing is here, and how something comes. */
export function EmptyList({ filters, show }: { filters: Filters; show: (filters: Filters) => void }) {
  const { t } = useTranslation('inbox');
  const hasSandbox = useSandbox();
  const isNarrowed = filters.q !== undefined && Object.keys(filters).length > 1;
  if (!isSame(filters, INBOX))
    return (
      <Empty
        icon={<SearchX size={28} aria-hidden />}
        title={filters.q ? t('Nothing found') : t('Nothing here')}
        action={
          isNarrowed ? (
            <Button onClick={() => show({ q: filters.q })}>{t('Search everywhere')}</Button>
          ) : (
            <Button variant="default" onClick={() => show(INBOX)}>
              {t('Show the inbox')}
            </Button>
          )
        }
      >
        {filters.q
          ? t('No text, name or number has all these words. Words in "quotes" must follow one another.')
          : t('No conversation fits these filters.')}
      </Empty>
    );
  return (
    <Empty icon={<Inbox size={28} aria-hidden />} title={t('Nothing waits')}>
      {t('A text to one of your numbers appears here at once.')}{' '}
      {hasSandbox && (
        <Anchor href="/sandbox/phone" target="_blank" size="sm">
          {t('Send one from the sandbox phone')}
        </Anchor>
      )}
    </Empty>
  );
}
