import { Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { OnceShown } from '@/parts/secret';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { type Role, roleNames, roleOptions } from './roles';

type Key = Schemas['ApiKeyOut'];

/** Keys by which other programs use Parley's API. */
export function ApiKeys() {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const { act } = useAct();
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/api-keys',
    { params: { path: { tenant_id }, query: { limit: 100 } } },
    byCursor,
  );
  const keys = itemsOf(found.data);
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('New API key')}
    </Button>
  );
  return (
    <Stack gap="sm">
      {keys.length > 0 && <Group justify="flex-end">{add}</Group>}
      {keys.length === 0 ? (
        <Empty title={t('No API key yet')} icon={<KeyRound size={28} />} action={add}>
          {t('A key lets a program of yours read and send texts here. Give each program its own.')}
        </Empty>
      ) : (
        <KeyTable keys={keys} revoke={setRevoked} />
      )}
      <More of={found} />
      <Modal
        opened={isMaking}
        onClose={() => setMaking(false)}
        title={t('New API key')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {isMaking && <NewKey done={() => setMaking(false)} />}
      </Modal>
      <Confirm
        opened={Boolean(revoked)}
        close={() => setRevoked(null)}
        act={() => {
          const path = { tenant_id, id: revoked?.id ?? '' };
          setRevoked(null);
          void act(
            () => api.DELETE('/api/accounts/tenants/{tenant_id}/api-keys/{id}', { params: { path } }),
            t('The key no longer works'),
          );
        }}
        title={t('Revoke “{{label}}”?', { label: revoked?.label || revoked?.id })}
        deed={t('Revoke')}
        danger
      >
        <Text size="sm">{t('Programs that use it are refused at once. This cannot be undone.')}</Text>
      </Confirm>
    </Stack>
  );
}

function KeyTable({ keys, revoke }: { keys: Key[]; revoke: (key: Key) => void }) {
  const { t } = useTranslation('team');
  return (
    <Table.ScrollContainer minWidth={600}>
      <Table aria-label={t('API keys')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Name')}</Table.Th>
            <Table.Th>{t('Role')}</Table.Th>
            <Table.Th>{t('Made')}</Table.Th>
            <Table.Th>{t('Last used')}</Table.Th>
            <Table.Th aria-label={t('Actions')} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                {key.label || key.id}
                {!key.of_first_secret && !key.revoked_at && (
                  <Text size="xs" c="var(--attention)">
                    {t('Signed with an older secret: replace it before that secret is removed.')}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{roleNames(t)[key.role]}</Table.Td>
              <Table.Td>
                <Moment at={key.created_at} />
              </Table.Td>
              <Table.Td>{key.last_used_at ? <Moment at={key.last_used_at} /> : t('never')}</Table.Td>
              <Table.Td ta="right">
                {key.revoked_at ? (
                  <Badge variant="default" tt="none">
                    {t('revoked')}
                  </Badge>
                ) : (
                  <Button
                    variant="default"
                    onClick={() => revoke(key)}
                    aria-label={t('Revoke {{label}}', { label: key.label || key.id })}
                  >
                    {t('Revoke')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function NewKey({ done }: { done: () => void }) {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [made, setMade] = useState('');
  const form = useForm({ initialValues: { label: '', role: 'agent' as Role } });
  async function make(body: { label: string; role: Role }) {
    const answer = await act(() =>
      api.POST('/api/accounts/tenants/{tenant_id}/api-keys', { params: { path: { tenant_id } }, body }),
    );
    if (answer?.data) setMade(answer.data.key);
  }
  if (made)
    return (
      <Stack>
        <OnceShown text={made} about={t('Copy the key now: it is not shown again.')} />
        <Group justify="flex-end">
          <Button onClick={done}>{t('Done')}</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={form.onSubmit((values) => void make(values))}>
      <Stack gap="sm">
        <TextInput
          label={t('What uses it')}
          placeholder={t('Billing export')}
          required
          maxLength={200}
          data-autofocus
          {...form.getInputProps('label')}
        />
        <Select
          label={t('Role')}
          allowDeselect={false}
          data={roleOptions(t)}
          {...form.getInputProps('role')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {t('Make the key')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
