import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { Invite } from './invite';
import { OnePerson } from './person';
import { roleNames } from './roles';

export type User = Schemas['UserOut'];

export function People() {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const [opened, setOpened] = useState<string | null>(null);
  const [isInviting, setInviting] = useState(false);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/users',
    { params: { path: { tenant_id }, query: { limit: 100 } } },
    byCursor,
  );
  const users = itemsOf(found.data);
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Stack gap="sm">
      <Group justify="flex-end">
        <Button leftSection={<UserPlus size={14} />} onClick={() => setInviting(true)}>
          {t('Invite a colleague')}
        </Button>
      </Group>
      <StackingTable
        label={t('People')}
        rows={users}
        keyOf={(user) => user.id}
        columns={[
          { name: t('Name'), of: (user) => <Who user={user} /> },
          { name: t('Role'), of: (user) => roleNames(t)[user.role] },
          { name: t('State'), of: (user) => <StateOf user={user} /> },
          {
            name: t('Last signed in'),
            of: (user) => (user.last_login_at ? <Moment at={user.last_login_at} /> : t('never')),
          },
        ]}
        actions={(user) => (
          <Button
            variant="default"
            onClick={() => setOpened(user.id)}
            aria-label={t('Manage {{name}}', { name: user.name })}
          >
            {t('Manage')}
          </Button>
        )}
      />
      <More of={found} />
      <Invite opened={isInviting} close={() => setInviting(false)} />
      <OnePerson user={users.find((user) => user.id === opened)} close={() => setOpened(null)} />
    </Stack>
  );
}

function Who({ user }: { user: User }) {
  return (
    <>
      <Text size="sm" fw={600}>
        {user.name}
      </Text>
      <Text size="xs" c="dimmed">
        {user.email}
      </Text>
    </>
  );
}

function StateOf({ user }: { user: User }) {
  const { t } = useTranslation('team');
  if (user.status !== 'active')
    return (
      <Badge variant="default" tt="none">
        {t('closed')}
      </Badge>
    );
  return (
    <Badge variant="light" color={user.has_password ? 'green' : 'yellow'} tt="none" c="var(--text)">
      {user.has_password ? t('active') : t('invited')}
    </Badge>
  );
}
