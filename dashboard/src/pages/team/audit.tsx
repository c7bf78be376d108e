import { Code, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { StackingTable } from '@/parts/stacking-table';
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
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <StackingTable
        label={t('Who changed what')}
        rows={itemsOf(found.data)}
        keyOf={(entry) => entry.id}
        columns={[
          {
            name: t('What'),
            of: (entry) => (
              <>
                {entry.what}
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {names.get(entry.subject) ?? entry.subject}
                </Text>
              </>
            ),
          },
          { name: t('Who'), of: (entry) => names.get(entry.who) ?? entry.who },
          { name: t('When'), of: (entry) => <Moment at={entry.at} /> },
          { name: t('Changes'), of: (entry) => <Changes changes={entry.changes} /> },
        ]}
      />
      <More of={found} />
    </>
  );
}

function Changes({ changes }: { changes: Schemas['AuditChangeOut'][] }) {
  return (
    <div>
      {changes.map((change) => (
        <Text key={change.field} size="xs" style={{ overflowWrap: 'anywhere' }}>
          {change.field}: <Code>{shown(change.old)}</Code> → <Code>{shown(change.new)}</Code>
        </Text>
      ))}
    </div>
  );
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)) ?? '';
