import { Code, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';

/** Every change of settings, newest first. */
export function AuditTrail() {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const found = $api.useInfiniteQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/audit',
    { params: { path: { tenant_id }, query: { limit: 50 } } },
    byCursor,
  );
  const people = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/users', {
    params: { path: { tenant_id }, query: { limit: 200 } },
  });
  const names = new Map((people.data?.items ?? []).map((user) => [user.id, user.name]));
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t('Who changed what')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('When')}</Table.Th>
              <Table.Th>{t('Who')}</Table.Th>
              <Table.Th>{t('What')}</Table.Th>
              <Table.Th>{t('Changes')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {itemsOf(found.data).map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>
                  <Moment at={entry.at} />
                </Table.Td>
                <Table.Td>{names.get(entry.who) ?? entry.who}</Table.Td>
                <Table.Td>
                  {entry.what}
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {names.get(entry.subject) ?? entry.subject}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Changes changes={entry.changes} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More of={found} />
    </>
  );
}

function Changes({ changes }: { changes: Schemas['AuditChangeOut'][] }) {
  return changes.map((change) => (
    <Text key={change.field} size="xs" style={{ overflowWrap: 'anywhere' }}>
      {change.field}: <Code>{shown(change.old)}</Code> → <Code>{shown(change.new)}</Code>
    </Text>
  ));
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)) ?? '';
