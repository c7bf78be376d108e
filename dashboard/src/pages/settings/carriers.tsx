import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Modal,
  PasswordInput,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { Check, Plug, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { inOneText, useAct } from '@/parts/act';
import { Section } from '@/parts/section';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';

type Connection = Schemas['ConnectionOut'];

/** Carrier accounts, each with a check that says what is wrong and what to do. */
export function Carriers() {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const [isAdding, setAdding] = useState(false);
  const found = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/connections', {
    params: { path: { tenant_id }, query: { limit: 100 } },
  });
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
      {t('Connect an account')}
    </Button>
  );
  return (
    <Stack gap="md" maw={760}>
      {found.data.items.length === 0 ? (
        <Empty title={t('No carrier account yet')} icon={<Plug size={28} />} action={add}>
          {t('Texts travel through your own account at a carrier. Connect it with its API key.')}
        </Empty>
      ) : (
        <Group justify="flex-end">{add}</Group>
      )}
      {found.data.items.map((connection) => (
        <OneConnection key={connection.id} connection={connection} />
      ))}
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t('Connect an account')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {isAdding && <ConnectTelnyx done={() => setAdding(false)} />}
      </Modal>
    </Stack>
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
        <div>
          <Text size="xs" c="dimmed">
            {t('Webhook address, to be entered in the messaging profile at the carrier')}
          </Text>
          <Code style={{ overflowWrap: 'anywhere' }}>{connection.webhook_url}</Code>
        </div>
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
      <Modal
        opened={isReplacing}
        onClose={() => setReplacing(false)}
        title={t('Replace keys')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {isReplacing && <ReplaceKeys connection={connection} done={() => setReplacing(false)} />}
      </Modal>
    </Section>
  );
}

/** Asks the carrier, and says of each thing whether it is right and otherwise what to do. */
export function CheckConnection({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [result, setResult] = useState<Schemas['CheckOut'] | null>(null);
  async function check() {
    const answer = await act(() =>
      api.POST('/api/accounts/tenants/{tenant_id}/connections/{id}/check', {
        params: { path: { tenant_id, id } },
      }),
    );
    setResult(answer?.data ?? null);
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
      {result?.findings.map((finding) => (
        <Group key={finding.subject} gap="xs" align="flex-start" wrap="nowrap">
          {finding.ok ? (
            <Check size={16} color="var(--good)" aria-label={t('right')} />
          ) : (
            <X size={16} color="var(--danger)" aria-label={t('wrong')} />
          )}
          <Text size="sm">
            <b>{finding.subject.replaceAll('_', ' ')}</b> {finding.problem}{' '}
            {finding.remedy && <Text span>{finding.remedy}</Text>}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

/** The keys of a Telnyx account. Also part of the first run. */
export function ConnectTelnyx({ done }: { done: () => void }) {
  const { t } = useTranslation('settings');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [problem, setProblem] = useState('');
  const form = useForm({ initialValues: { api_key: '', public_key: '', messaging_profile_id: '' } });
  async function connect(values: typeof form.values) {
    setProblem('');
    const made = await act(async () => {
      try {
        return await api.POST('/api/accounts/tenants/{tenant_id}/connections', {
          params: { path: { tenant_id } },
          body: { kind: 'telnyx', ...values, messaging_profile_id: values.messaging_profile_id || null },
        });
      } catch (error) {
        setProblem(inOneText(error));
        throw error;
      }
    });
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
        {problem && (
          <Text c="red" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {t('Connect')}
          </Button>
        </Group>
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
    const public_keys = values.public_keys.split(/\s+/).filter(Boolean);
    const saved = await act(
      () =>
        api.PATCH('/api/accounts/tenants/{tenant_id}/connections/{id}', {
          params: { path: { tenant_id, id: connection.id } },
          body: part<Schemas['ConnectionPatch']>({
            ...(values.api_key && { api_key: values.api_key }),
            ...(public_keys.length > 0 && { public_keys }),
            messaging_profile_id: values.messaging_profile_id || null,
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
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {t('Save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
