import { Badge, Button, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Failure, Loading } from '@/parts/states';
import { asDefinition, type Definition, walk } from './model/definition';
import type { Workflow } from './words';

interface VersionsProps {
  workflow: Workflow;
  /** Puts a version into the editor; null where one may not edit. */
  take: ((definition: Definition) => void) | null;
}

export function Versions({ workflow, take }: VersionsProps) {
  const { t } = useTranslation('workflows');
  const found = $api.useInfiniteQuery(
    'get',
    '/api/workflows/{workflow_id}/versions',
    { params: { path: { workflow_id: workflow.id }, query: { limit: 20 } } },
    byCursor,
  );
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <Table aria-label={t('Versions')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Version')}</Table.Th>
            <Table.Th>{t('Saved')}</Table.Th>
            <Table.Th ta="right">{t('Steps')}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {itemsOf(found.data).map((version) => {
            const definition = asDefinition(version.definition);
            return (
              <Table.Tr key={version.version}>
                <Table.Td>
                  {version.version}{' '}
                  {version.version === workflow.live_version && (
                    <Badge size="sm" variant="default" tt="none">
                      {t('new runs start with it')}
                    </Badge>
                  )}
                  {version.problems.length > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('{{count}} problems', { count: version.problems.length })}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Moment at={version.created_at} />
                  {version.created_by && (
                    <Text size="xs" c="dimmed">
                      {version.created_by}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">{definition ? walk(definition).length : '–'}</Table.Td>
                <Table.Td ta="right">
                  {take && definition && version.version !== workflow.version && (
                    <Button size="compact-xs" variant="default" onClick={() => take(definition)}>
                      {t('Take into the editor')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      <More of={found} />
    </>
  );
}
