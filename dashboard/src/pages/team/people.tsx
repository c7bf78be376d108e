import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
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
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Stack gap="sm">
      <Group justify="flex-end">
        <Button leftSection={<UserPlus size={14} />} onClick={() => setInviting(true)}>
          {t('Invite a colleague')}
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t('People')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('Name')}</Table.Th>
              <Table.Th>{t('Role')}</Table.Th>
              <Table.Th>{t('State')}</Table.Th>
              <Table.Th>{t('Last signed in')}</Table.Th>
              <Table.Th aria-label={t('Actions')} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map((user) => (
              <Row key={user.id} user={user} open={() => setOpened(user.id)} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More of={found} />
      <Invite opened={isInviting} close={() => setInviting(false)} />
      <OnePerson user={users.find((user) => user.id === opened)} close={() => setOpened(null)} />
    </Stack>
  );
}

function Row({ user, open }: { user: User; open: () => void }) {
  const { t } = useTranslation('team');
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {user.name}
        </Text>
        <Text size="xs" c="dimmed">
          {user.email}
        </Text>
      </Table.Td>
      <Table.Td>{roleNames(t)[user.role]}</Table.Td>
      <Table.Td>
        <StateOf user={user} />
      </Table.Td>
      <Table.Td>{user.last_login_at ? <Moment at={user.last_login_at} /> : t('never')}</Table.Td>
      <Table.Td ta="right">
        <Button variant="default" onClick={open} aria-label={t('Manage {{name}}', { name: user.name })}>
          {t('Manage')}
        </Button>
      </Table.Td>
    </Table.Tr>
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
