import { Alert, Badge, Button, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { TFunction } from 'i18next';
import { Check, Plug, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { inOneText, useAct } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import { changedFields } from '@/parts/follow';
import { FormFoot } from '@/parts/form-foot';
import { GrowingList } from '@/parts/growing-list';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { WebhookAddress } from './webhook-address';

type Connection = Schemas['ConnectionOut'];

/** Carrier accounts, each with a check that says what is wrong and what to do. */
export function Carriers() {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const found = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/connections', {
    params: { path: { tenant_id }, query: { limit: 100 } },
  });
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const connections = found.data.items;
  return (
    <GrowingList
      deed={t('Connect an account')}
      empty={{
        title: t('No carrier account yet'),
        about: t('Texts travel through your own account at a carrier. Connect it with its API key.'),
        icon: <Plug size={28} />,
      }}
      isEmpty={connections.length === 0}
      form={(done) => <ConnectTelnyx done={done} />}
      maxWidth={760}
    >
      {connections.map((connection) => (
        <OneConnection key={connection.id} connection={connection} />
      ))}
    </GrowingList>
  );
}

function OneConnection({ connection }: { connection: Connection }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [isReplacing, setReplacing] = useState(false);
  const path = { tenant_id, id: connection.id };
  return (
    <Section
      title="Telnyx"
      about={t('Texts go to {{where}}.', { where: connection.texts_go_to })}
      actions={
        <Badge
          variant="light"
          color={connection.active && connection.usable ? 'green' : 'red'}
          tt="none"
          c="var(--text)"
        >
          {connection.active ? (connection.usable ? t('active') : t('not usable')) : t('off')}
        </Badge>
      }
    >
      <Stack gap="sm">
        {connection.problem && (
          <Alert color="red" variant="light">
            {connection.problem}
          </Alert>
        )}
        <WebhookAddress
          about={t('Webhook address, to be entered in the messaging profile at the carrier')}
          url={connection.webhook_url}
        />
        <Switch
          label={t('Active')}
          checked={connection.active}
          disabled={isBusy}
          onChange={(event) => {
            const active = event.currentTarget.checked;
            void act(() =>
              api.PATCH('/api/accounts/tenants/{tenant_id}/connections/{id}', {
                params: { path },
                body: part<Schemas['ConnectionPatch']>({ active }),
              }),
            );
          }}
        />
        <CheckConnection id={connection.id} />
        <Group>
          <Button variant="default" onClick={() => setReplacing(true)}>
            {t('Replace keys')}
          </Button>
        </Group>
      </Stack>
      <Dialog opened={isReplacing} close={() => setReplacing(false)} title={t('Replace keys')}>
        {isReplacing && <ReplaceKeys connection={connection} done={() => setReplacing(false)} />}
      </Dialog>
    </Section>
  );
}

/** Asks the carrier, and says of each thing whether it is right and otherwise what to do. */
export function CheckConnection({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<Schemas['CheckOut'] | null>(null);
  const [problem, setProblem] = useState('');
  const names = subjectNames(t);
  async function check() {
    setBusy(true);
    setProblem('');
    setResult(null);
    try {
      const { data } = await api.POST('/api/accounts/tenants/{tenant_id}/connections/{id}/check', {
        params: { path: { tenant_id, id } },
      });
      setResult(data ?? null);
    } catch (error) {
      setProblem(inOneText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Stack gap="xs">
      <Group>
        <Button variant="default" onClick={() => void check()} loading={isBusy}>
          {t('Check the connection')}
        </Button>
        {result?.ok && (
          <Text size="sm" c="var(--good)" role="status">
            {t('Everything is right.')}
          </Text>
        )}
      </Group>
      {problem && (
        <Text c="var(--danger)" size="sm" role="alert">
          {problem}
        </Text>
      )}
      {result?.findings.map((finding) => (
        <Group key={finding.subject} gap="xs" align="flex-start" wrap="nowrap">
          {finding.ok ? (
            <Check size={16} color="var(--good)" aria-label={t('right')} />
          ) : (
            <X size={16} color="var(--danger)" aria-label={t('wrong')} />
          )}
          <Text size="sm">
            <b>{names[finding.subject] ?? finding.subject.replaceAll('_', ' ')}</b> {finding.problem}{' '}
            {finding.remedy && <Text span>{finding.remedy}</Text>}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

const subjectNames = (t: TFunction<'settings'>): Record<string, string> => ({
  api_key: t('API key'),
  public_key: t('Public key'),
  public_url: t('Address of this installation'),
  messaging_profile: t('Messaging profile'),
  profile_enabled: t('Profile switched on'),
  webhook_url: t('Webhook address'),
  webhook_api_version: t('Version of webhooks'),
  redaction: t('Texts can be read'),
  numbers: t('Numbers'),
});

/** The keys of a Telnyx account. Also part of the first run. */
export function ConnectTelnyx({ done }: { done: () => void }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [problem, setProblem] = useState('');
  const form = useForm({ initialValues: { api_key: '', public_key: '', messaging_profile_id: '' } });
  async function connect(values: typeof form.values) {
    const made = await act(
      () =>
        api.POST('/api/accounts/tenants/{tenant_id}/connections', {
          params: { path: { tenant_id } },
          body: { kind: 'telnyx', ...values, messaging_profile_id: values.messaging_profile_id || null },
        }),
      undefined,
      { refused: setProblem },
    );
    if (made) done();
  }
  return (
    <form onSubmit={form.onSubmit((values) => void connect(values))}>
      <Stack gap="sm">
        <PasswordInput
          label={t('API key')}
          description={t('Telnyx portal → Account → API keys. Kept encrypted and never shown again.')}
          placeholder="KEY…"
          required
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
          {...form.getInputProps('api_key')}
        />
        <TextInput
          label={t('Public key')}
          description={t('Telnyx portal → Account → Public key. It proves that texts come from the carrier.')}
          required
          autoComplete="off"
          {...form.getInputProps('public_key')}
        />
        <TextInput
          label={t('Messaging profile')}
          description={t('Its id; recommended: a profile for this business alone')}
          autoComplete="off"
          {...form.getInputProps('messaging_profile_id')}
        />
        <FormFoot deed={t('Connect')} busy={isBusy} problem={problem} />
      </Stack>
    </form>
  );
}

function ReplaceKeys({ connection, done }: { connection: Connection; done: () => void }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const form = useForm({
    initialValues: {
      api_key: '',
      public_keys: connection.public_keys.join('\n'),
      messaging_profile_id: connection.messaging_profile_id ?? '',
    },
  });
  async function save(values: typeof form.values) {
    const changed = changedFields(form.getInitialValues(), values);
    const public_keys = (changed.public_keys ?? '').split(/\s+/).filter(Boolean);
    const profile = changed.messaging_profile_id;
    const saved = await act(
      () =>
        api.PATCH('/api/accounts/tenants/{tenant_id}/connections/{id}', {
          params: { path: { tenant_id, id: connection.id } },
          body: part<Schemas['ConnectionPatch']>({
            ...(changed.api_key && { api_key: changed.api_key }),
            ...(public_keys.length > 0 && { public_keys }),
            ...(profile !== undefined && { messaging_profile_id: profile || null }),
          }),
        }),
      t('Saved'),
    );
    if (saved) done();
  }
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="sm">
        <PasswordInput
          label={t('New API key')}
          description={t('Empty: the current one stays')}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
          {...form.getInputProps('api_key')}
        />
        <TextInput
          label={t('Public keys')}
          description={t('Two, separated by a space, while one is being replaced')}
          {...form.getInputProps('public_keys')}
        />
        <TextInput label={t('Messaging profile')} {...form.getInputProps('messaging_profile_id')} />
        <FormFoot deed={t('Save')} busy={isBusy} />
      </Stack>
    </form>
  );
}
