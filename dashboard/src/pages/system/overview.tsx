import { Alert, Badge, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Section } from '@/parts/section';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';

const EVERY_MS = 10_000;

/** What runs, whether it is ready, and what wants the operator. */
export function Overview({ show }: { show: (tab: string) => void }) {
  const { t } = useTranslation('system');
  const found = $api.useQuery('get', '/api/system/versions', {}, { refetchInterval: EVERY_MS });
  const letters = $api.useQuery('get', '/api/system/dead-letters', { params: { query: { limit: 1 } } });
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Stack>
      {letters.data && letters.data.items.length > 0 && (
        <Alert color="red" variant="light" title={t('Events wait that could not be handled')}>
          <Button variant="default" onClick={() => show('letters')}>
            {t('See the dead letters')}
          </Button>
        </Alert>
      )}
      <Section title={t('Services')}>
        <StackingTable
          label={t('Services')}
          rows={found.data.services}
          keyOf={(service) => service.service}
          columns={[
            { name: t('Service'), of: (service) => service.service },
            { name: t('State'), of: (service) => <StateOf service={service} /> },
            {
              name: t('Version'),
              of: (service) => (
                <div>
                  {service.version} {service.commit && <Text size="xs">{service.commit.slice(0, 10)}</Text>}
                </div>
              ),
            },
          ]}
        />
      </Section>
      <Section title={t('Versions of events')}>
        <Text size="sm">
          {found.data.events
            .map(({ type, version, also_read }) =>
              also_read.length > 0
                ? t('{{type}} {{version}} (also reads {{others}})', {
                    type,
                    version,
                    others: also_read.join(', '),
                  })
                : `${type} ${version}`,
            )
            .join(' · ')}
        </Text>
      </Section>
    </Stack>
  );
}

type Service = Schemas['ServiceOut'];
const COLOURS: Record<Service['status'], string> = {
  ready: 'green',
  degraded: 'yellow',
  'not ready': 'red',
  unreachable: 'red',
};

function StateOf({ service }: { service: Service }) {
  const { t } = useTranslation('system');
  const words = {
    ready: t('ready'),
    degraded: t('degraded'),
    'not ready': t('not ready'),
    unreachable: t('unreachable'),
  };
  return (
    <div>
      <Badge variant="light" tt="none" c="var(--text)" color={COLOURS[service.status]}>
        {words[service.status]}
      </Badge>
      {service.reasons.map((reason) => (
        <Text key={reason} size="xs">
          {reason}
        </Text>
      ))}
    </div>
  );
}
