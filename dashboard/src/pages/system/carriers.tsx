import { Badge, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Phone } from '@/parts/phone';
import { Section } from '@/parts/section';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { useOperatorFormat } from './moments';

/** How each carrier account and its numbers are doing. */
export function CarrierHealth() {
  const { t } = useTranslation('system');
  const found = $api.useInfiniteQuery(
    'get',
    '/api/system/carriers',
    { params: { query: { limit: 50 } } },
    byCursor,
  );
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const carriers = itemsOf(found.data);
  if (carriers.length === 0) return <Empty title={t('No carrier account yet')} />;
  return (
    <Stack>
      {carriers.map((carrier) => (
        <OneCarrier key={carrier.connection_id} carrier={carrier} />
      ))}
      <More of={found} />
    </Stack>
  );
}

function OneCarrier({ carrier }: { carrier: Schemas['CarrierOut'] }) {
  const { t } = useTranslation('system');
  const format = useOperatorFormat();
  const { waiting } = carrier;
  return (
    <Section
      title={`${carrier.kind} · ${carrier.tenant_id}`}
      actions={
        <Badge
          variant="light"
          color={carrier.active && carrier.usable ? 'green' : 'red'}
          tt="none"
          c="var(--text)"
        >
          {carrier.active ? (carrier.usable ? t('usable') : t('webhooks cannot be verified')) : t('off')}
        </Badge>
      }
    >
      <Group gap="lg" mb="sm">
        <Text size="sm">
          {t('Last webhook: {{time}}', {
            time: carrier.last_webhook_at ? format.dateTime(carrier.last_webhook_at) : t('none yet'),
          })}
        </Text>
        {waiting && (
          <Text size="sm">
            {t(
              'Queued {{queued}} · being sent {{submitting}} · being asked {{unknown}} · for a person {{unresolved}}',
              {
                queued: format.number(waiting.queued),
                submitting: format.number(waiting.submitting),
                unknown: format.number(waiting.unknown),
                unresolved: format.number(waiting.unresolved),
              },
            )}
          </Text>
        )}
      </Group>
      <StackingTable
        label={t('Numbers')}
        rows={carrier.numbers}
        keyOf={(number) => number.phone_number}
        columns={[
          {
            name: t('Number'),
            of: (number) => (
              <>
                <Phone number={number.phone_number} /> {number.label}
              </>
            ),
          },
          {
            name: t('Pace'),
            of: (number) => t('{{rate}} parts per second', { rate: format.number(number.parts_per_second) }),
          },
          {
            name: t('Next text'),
            of: (number) =>
              number.free_at
                ? t('waits until {{time}}', { time: format.dateTime(number.free_at) })
                : t('free'),
          },
        ]}
      />
    </Section>
  );
}
