import { Alert, Badge, Button, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';

const EVERY_MS = 10_000;

/** What runs, whether it is ready, and what wants the operator. */
export function Overview({ show }: { show: (tab: string) => void }) {
  const { t } = useTranslation('system');
  const found = $api.useQuery('get', '/api/system/versions', {}, { refetchInterval: EVERY_MS });
  const letters = $api.useQuery('get', '/api/system/dead-letters', { params: { query: { limit: 1 } } });
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const words = {
    ready: t('ready'),
    degraded: t('degraded'),
    'not ready': t('not ready'),
    unreachable: t('unreachable'),
  };
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
        <Table.ScrollContainer minWidth={520}>
          <Table aria-label={t('Services')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('Service')}</Table.Th>
                <Table.Th>{t('State')}</Table.Th>
                <Table.Th>{t('Version')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.data.services.map((service) => (
                <Table.Tr key={service.service}>
                  <Table.Td>{service.service}</Table.Td>
                  <Table.Td>
                    <Badge
                      variant="light"
                      tt="none"
                      c="var(--text)"
                      color={
                        service.status === 'ready'
                          ? 'green'
                          : service.status === 'degraded'
                            ? 'yellow'
                            : 'red'
                      }
                    >
                      {words[service.status]}
                    </Badge>
                    {service.reasons.map((reason) => (
                      <Text key={reason} size="xs">
                        {reason}
                      </Text>
                    ))}
                  </Table.Td>
                  <Table.Td>
                    {service.version} {service.commit && <Text size="xs">{service.commit.slice(0, 10)}</Text>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
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
