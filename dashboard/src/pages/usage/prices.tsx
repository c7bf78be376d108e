import { Alert, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Moment } from '@/parts/moment';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { useMay, useMe } from '@/session/me';
import { useFormat } from '@/words/format';

interface PriceRow {
  what: string;
  where: string;
  price: string;
}

/** The prices in force. Admins see the whole card, others what texts count with. */
export function Prices() {
  const { t } = useTranslation('usage');
  const format = useFormat();
  const { tenant_id } = useMe();
  const isAdmin = useMay('admin');
  const budget = $api.useQuery('get', '/api/messages/budget');
  const cards = $api.useQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/rate-cards',
    { params: { path: { tenant_id } } },
    { enabled: isAdmin },
  );
  const card = cards.data?.items.find(({ in_force }) => in_force);
  const prices = budget.data?.prices;
  if (budget.isLoadingError) return <Failure error={budget.error} retry={() => void budget.refetch()} />;
  if (!prices) return <Loading rows={3} />;
  const everywhere = (country: string) => (country === '*' ? t('everywhere else') : country);
  const byCountry = (what: string, map: Record<string, string>, currency: string): PriceRow[] =>
    Object.entries(map).map(([country, price]) => ({
      what,
      where: everywhere(country),
      price: format.money(price, currency),
    }));
  const currency = card?.currency ?? prices.estimate_per_part.currency ?? 'USD';
  const rows: PriceRow[] = [
    ...byCountry(t('A part sent'), card?.sms_out ?? prices.sms_per_part, currency),
    ...byCountry(t('A part received'), card?.sms_in ?? {}, currency),
    ...byCountry(t('A picture message sent'), card?.mms_out ?? prices.mms_per_message, currency),
    ...byCountry(t('A picture message received'), card?.mms_in ?? {}, currency),
    ...(card?.tokens ?? []).map(({ model, kind, price, per }) => ({
      what: t('{{per}} tokens ({{kind}})', { per: format.number(per), kind }),
      where: model,
      price: format.money(price, currency),
    })),
  ];
  const markup =
    card?.carrier_fee.mode === 'none'
      ? null
      : (card?.carrier_fee.markup_percent ?? prices.carrier_fee_markup_percent);
  return (
    <Section
      title={t('Prices in force')}
      about={
        card && (
          <>
            {t('since')} <Moment at={card.valid_from} long />
            {card.note && ` · ${card.note}`}
          </>
        )
      }
    >
      {prices.reason && (
        <Alert color="red" variant="light" mb="sm" title={t('There is no price')}>
          {prices.detail}
        </Alert>
      )}
      {rows.length > 0 ? (
        <Table aria-label={t('Prices in force')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('What')}</Table.Th>
              <Table.Th>{t('Country or model')}</Table.Th>
              <Table.Th ta="right">{t('Price')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.what} ${row.where}`}>
                <Table.Td>{row.what}</Table.Td>
                <Table.Td>{row.where}</Table.Td>
                <Table.Td ta="right">{row.price}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : (
        <Text size="sm">
          {t('Each part counts {{amount}} toward the caps until a price is set.', {
            amount: format.money(
              prices.estimate_per_part.nano / 1e9,
              prices.estimate_per_part.currency ?? 'USD',
            ),
          })}
        </Text>
      )}
      {markup != null && rows.length > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('Fees of carriers are passed on with {{percent}} % on top.', { percent: markup })}
        </Text>
      )}
    </Section>
  );
}
