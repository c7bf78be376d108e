import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursorUnlessText, itemsOf, More } from '@/parts/more';
import { Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import type { EntryFilter } from './statement';
import classes from './usage.module.css';

type Entry = Schemas['LedgerEntryOut'];

/** The entries behind a sum, newest first, each with its price and its cause. */
export function Entries({ filter }: { filter: EntryFilter }) {
  const { t } = useTranslation('usage');
  const list = $api.useInfiniteQuery(
    'get',
    '/api/accounts/usage/entries',
    { params: { query: { ...filter, limit: 20 } } },
    byCursorUnlessText,
  );
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading rows={3} height={24} />;
  const entries: Entry[] = itemsOf(list.data as { pages: { items: Entry[] }[] });
  return (
    <>
      <Table aria-label={t('Entries')} withRowBorders={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('When')}</Table.Th>
            <Table.Th>{t('For what')}</Table.Th>
            <Table.Th ta="right">{t('Quantity')}</Table.Th>
            <Table.Th ta="right">{t('Price')}</Table.Th>
            <Table.Th ta="right">{t('Amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <OneEntry key={entry.ledger_key} entry={entry} />
          ))}
        </Table.Tbody>
      </Table>
      {entries.length === 0 && <Text size="sm">{t('There are no entries.')}</Text>}
      <More of={list} />
    </>
  );
}

function OneEntry({ entry }: { entry: Entry }) {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const price = entry.price
    ? t('{{price}} per {{count}}', {
        price: format.money(entry.price, entry.currency),
        count: format.number(entry.price_per),
      })
    : t('passed on');
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={entry.used_at} long />
      </Table.Td>
      <Table.Td>
        {[entry.contact, entry.number, entry.country, entry.model, entry.purpose]
          .filter(Boolean)
          .join(' · ') || '–'}
        {entry.conversation_id && (
          <>
            {' '}
            <Anchor
              component={Link}
              size="xs"
              to="/inbox/$conversationId"
              params={{ conversationId: entry.conversation_id } as never}
            >
              {t('Open conversation')}
            </Anchor>
          </>
        )}
        {entry.campaign_id && (
          <>
            {' '}
            <Anchor
              component={Link}
              size="xs"
              to="/campaigns/$campaignId"
              params={{ campaignId: entry.campaign_id } as never}
              search={{} as never}
            >
              {t('Open campaign')}
            </Anchor>
          </>
        )}
        <div className={classes.quiet}>{entry.ledger_key}</div>
      </Table.Td>
      <Table.Td ta="right">{format.number(entry.quantity)}</Table.Td>
      <Table.Td ta="right">{entry.unpriced ? t('no price') : price}</Table.Td>
      <Table.Td ta="right">
        {format.money(entry.amount, entry.currency)}
        {entry.estimate && (
          <Badge ml={6} size="xs" tt="none" color="gray" variant="light">
            {t('estimated')}
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
