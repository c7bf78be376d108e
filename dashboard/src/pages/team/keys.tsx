import { Badge, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { FormFoot } from '@/parts/form-foot';
import { GrowingList } from '@/parts/growing-list';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Made } from '@/parts/secret';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { RoleField } from './role-field';
import { type Role, roleNames } from './roles';

type Key = Schemas['ApiKeyOut'];

/** Keys by which other programs use Parley's API. */
export function ApiKeys() {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const { act } = useAct();
  const [revoked, setRevoked] = useState<Key | null>(null);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/api-keys',
    { params: { path: { tenant_id }, query: { limit: 100 } } },
    byCursor,
  );
  const keys = itemsOf(found.data);
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <>
      <GrowingList
        deed={t('New API key')}
        empty={{
          title: t('No API key yet'),
          about: t('A key lets a program of yours read and send texts here. Give each program its own.'),
          icon: <KeyRound size={28} />,
        }}
        isEmpty={keys.length === 0}
        form={(done) => <NewKey done={done} />}
      >
        {keys.length > 0 && <KeyTable keys={keys} revoke={setRevoked} />}
        <More of={found} />
      </GrowingList>
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
    </>
  );
}

function KeyTable({ keys, revoke }: { keys: Key[]; revoke: (key: Key) => void }) {
  const { t } = useTranslation('team');
  return (
    <StackingTable
      label={t('API keys')}
      rows={keys}
      keyOf={(key) => key.id}
      columns={[
        { name: t('Name'), of: (key) => <NameOfKey of={key} /> },
        { name: t('Role'), of: (key) => roleNames(t)[key.role] },
        { name: t('Made'), of: (key) => <Moment at={key.created_at} /> },
        {
          name: t('Last used'),
          of: (key) => (key.last_used_at ? <Moment at={key.last_used_at} /> : t('never')),
        },
      ]}
      actions={(key) =>
        key.revoked_at ? (
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
        )
      }
    />
  );
}

function NameOfKey({ of: key }: { of: Key }) {
  const { t } = useTranslation('team');
  return (
    <>
      {key.label || key.id}
      {!key.of_first_secret && !key.revoked_at && (
        <Text size="xs" c="var(--attention)">
          {t('Signed with an older secret: replace it before that secret is removed.')}
        </Text>
      )}
    </>
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
  if (made) return <Made text={made} about={t('Copy the key now: it is not shown again.')} done={done} />;
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
        <RoleField {...form.getInputProps('role')} />
        <FormFoot deed={t('Make the key')} busy={isBusy} />
      </Stack>
    </form>
  );
}
