import {
  Alert,
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { OnceShown } from '@/parts/secret';
import { Section } from '@/parts/section';
import { Empty, Failure, Loading } from '@/parts/states';

type Webhook = Schemas['WebhookOut'];
const EVENTS = [
  'message.received',
  'message.status',
  'conversation.updated',
  'campaign.updated',
  'workflow.updated',
] as const;

/** Addresses of other programs that hear what happens here. */
export function Webhooks() {
  const { t } = useTranslation('settings');
  const [isAdding, setAdding] = useState(false);
  const found = $api.useQuery('get', '/api/webhooks');
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
      {t('New webhook')}
    </Button>
  );
  return (
    <Stack>
      {found.data.items.length === 0 ? (
        <Empty title={t('No webhook yet')} icon={<WebhookIcon size={28} />} action={add}>
          {t(
            'A program of yours gets texts and campaigns as they happen, signed, and again until it answers.',
          )}
        </Empty>
      ) : (
        <Group justify="flex-end">{add}</Group>
      )}
      {found.data.items.map((webhook) => (
        <OneWebhook key={webhook.id} webhook={webhook} />
      ))}
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t('New webhook')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {isAdding && <NewWebhook done={() => setAdding(false)} />}
      </Modal>
    </Stack>
  );
}

function NewWebhook({ done }: { done: () => void }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [secret, setSecret] = useState('');
  const form = useForm({
    initialValues: { url: '', events: ['message.received'] as (typeof EVENTS)[number][] },
  });
  async function make(body: typeof form.values) {
    const answer = await act(() => api.POST('/api/webhooks', { body: { ...body, active: true } }));
    if (answer?.data) setSecret(answer.data.secret ?? '');
  }
  if (secret)
    return (
      <Stack>
        <OnceShown
          text={secret}
          about={t('Your program verifies our signature with this secret. It is not shown again.')}
        />
        <Group justify="flex-end">
          <Button onClick={done}>{t('Done')}</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={form.onSubmit((values) => void make(values))}>
      <Stack gap="sm">
        <TextInput
          label={t('Address')}
          type="url"
          placeholder="https://"
          required
          data-autofocus
          {...form.getInputProps('url')}
        />
        <Checkbox.Group label={t('Told of')} {...form.getInputProps('events')}>
          <Stack gap={4} mt={4}>
            {EVENTS.map((event) => (
              <Checkbox key={event} value={event} label={event} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy} disabled={form.values.events.length === 0}>
            {t('Make the webhook')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [secret, setSecret] = useState('');
  const [isDeleting, setDeleting] = useState(false);
  const path = { webhook_id: webhook.id };
  return (
    <Section
      title={webhook.url}
      about={webhook.events.join(', ')}
      actions={
        <Badge variant="light" color={webhook.active ? 'green' : 'gray'} tt="none" c="var(--text)">
          {webhook.active ? t('active') : t('off')}
        </Badge>
      }
    >
      <Stack gap="sm">
        <Trouble webhook={webhook} />
        {secret && (
          <OnceShown text={secret} about={t('The new secret. The former one signs for a day more.')} />
        )}
        <Switch
          label={t('Active')}
          checked={webhook.active}
          disabled={isBusy}
          onChange={(event) => {
            const active = event.currentTarget.checked;
            void act(() => api.PATCH('/api/webhooks/{webhook_id}', { params: { path }, body: { active } }));
          }}
        />
        <Group gap="xs">
          <Button
            variant="default"
            onClick={() =>
              void act(
                () => api.POST('/api/webhooks/{webhook_id}/test', { params: { path } }),
                t('A test is on its way'),
              )
            }
          >
            {t('Send a test')}
          </Button>
          <Button
            variant="default"
            onClick={async () => {
              const answer = await act(() =>
                api.POST('/api/webhooks/{webhook_id}/rotate-secret', { params: { path } }),
              );
              setSecret(answer?.data?.secret ?? '');
            }}
          >
            {t('Change the secret')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            {t('Delete')}
          </Button>
        </Group>
        <Deliveries webhook={webhook} />
      </Stack>
      <Confirm
        opened={isDeleting}
        close={() => setDeleting(false)}
        act={() => {
          setDeleting(false);
          void act(() => api.DELETE('/api/webhooks/{webhook_id}', { params: { path } }));
        }}
        title={t('Delete this webhook?')}
        deed={t('Delete')}
        danger
      >
        <Text size="sm">
          {t('Nothing more is sent to {{url}}, and its deliveries are forgotten.', { url: webhook.url })}
        </Text>
      </Confirm>
    </Section>
  );
}

function Trouble({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('settings');
  if (webhook.disabled)
    return (
      <Alert color="red" variant="light" title={t('Switched off')}>
        {webhook.disabled.detail} {t('Mend the program, then switch it on here.')}
      </Alert>
    );
  if (!webhook.failing_since) return null;
  return (
    <Alert color="yellow" variant="light">
      {t('Nothing has arrived since')} <Moment at={webhook.failing_since} long />.{' '}
      {t('We try again by ourselves; see the deliveries for what the program answers.')}
    </Alert>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('settings');
  const { act } = useAct();
  const [isShown, setShown] = useState(false);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/webhooks/{webhook_id}/deliveries',
    { params: { path: { webhook_id: webhook.id }, query: { limit: 20 } } },
    { ...byCursor, enabled: isShown },
  );
  const states = { waiting: t('waiting'), delivered: t('delivered'), failed: t('failed') };
  if (!isShown)
    return (
      <Group>
        <Button variant="subtle" onClick={() => setShown(true)}>
          {t('Show deliveries')}
        </Button>
      </Group>
    );
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={t('Deliveries')}>
          <Table.Tbody>
            {itemsOf(found.data).map((delivery) => (
              <Table.Tr key={delivery.id}>
                <Table.Td>
                  <Moment at={delivery.created_at} />
                </Table.Td>
                <Table.Td>{delivery.test ? t('test') : delivery.event}</Table.Td>
                <Table.Td>{states[delivery.state]}</Table.Td>
                <Table.Td>
                  {delivery.last?.detail || delivery.last?.status || ''}
                  {delivery.next_try_at && (
                    <Text size="xs" c="dimmed">
                      {t('next try')} <Moment at={delivery.next_try_at} long />
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  {delivery.state !== 'delivered' && (
                    <Button
                      variant="default"
                      onClick={() =>
                        void act(() =>
                          api.POST('/api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry', {
                            params: { path: { webhook_id: webhook.id, delivery_id: delivery.id } },
                          }),
                        )
                      }
                    >
                      {t('Send again')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {found.data && itemsOf(found.data).length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Nothing was sent yet')}
        </Text>
      )}
      <More of={found} />
    </>
  );
}
