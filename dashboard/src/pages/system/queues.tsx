import { Alert, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Section } from '@/parts/section';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';
import { useOperatorFormat } from './moments';

const EVERY_MS = 5_000;

/** How many events wait in each queue. */
export function Queues() {
  const { t } = useTranslation('system');
  const format = useOperatorFormat();
  const [areAll, setAll] = useState(false);
  const found = $api.useQuery('get', '/api/system/queues', {}, { refetchInterval: EVERY_MS });
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const wanted = found.data.items.filter(
    (queue) => areAll || queue.ready > 0 || queue.dead > 0 || queue.consumers === 0,
  );
  return (
    <Stack>
      <Unreachable services={found.data.unreachable} />
      <Section
        title={t('Queues')}
        about={t('Events that wait for a service. A number that grows says that the service cannot keep up.')}
        actions={
          <Switch
            label={t('All queues')}
            checked={areAll}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        }
      >
        {wanted.length === 0 ? (
          <Text size="sm">{t('Nothing waits, and every queue is read.')}</Text>
        ) : (
          <StackingTable
            label={t('Queues')}
            rows={wanted}
            keyOf={(queue) => queue.queue}
            columns={[
              { name: t('Queue'), of: (queue) => queue.queue },
              { name: t('Waiting'), atEnd: true, of: (queue) => format.number(queue.ready) },
              {
                name: t('Readers'),
                atEnd: true,
                of: (queue) => (
                  <Text span inherit c={queue.consumers === 0 ? 'var(--danger)' : undefined}>
                    {format.number(queue.consumers)}
                  </Text>
                ),
              },
            ]}
          />
        )}
      </Section>
      <Section
        title={t('Outboxes')}
        about={t('How long the oldest event of a service waits for the message queue.')}
      >
        <Text size="sm">
          {found.data.outboxes
            .map(
              (outbox) =>
                `${outbox.service}: ${
                  outbox.oldest_seconds === null
                    ? t('its database is away')
                    : t('{{seconds}} s', {
                        seconds: format.number(Math.round(outbox.oldest_seconds * 10) / 10),
                      })
                }`,
            )
            .join(' · ')}
        </Text>
      </Section>
    </Stack>
  );
}

export function Unreachable({ services }: { services: string[] }) {
  const { t } = useTranslation('system');
  if (services.length === 0) return null;
  return (
    <Alert color="red" variant="light" title={t('Some services do not answer')}>
      {t('{{services}}: what they would say is missing here. See their logs.', {
        services: services.join(', '),
      })}
    </Alert>
  );
}
