import { Alert, Badge, Button, Checkbox, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { GrowingList } from '@/parts/growing-list';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Made } from '@/parts/secret';
import { Section } from '@/parts/section';
import { StackingTable } from '@/parts/stacking-table';
import { Failure, Loading } from '@/parts/states';

type Webhook = Schemas['WebhookOut'];
type Delivery = Schemas['DeliveryOut'];
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
  const found = $api.useQuery('get', '/api/webhooks');
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const webhooks = found.data.items;
  return (
    <GrowingList
      deed={t('New webhook')}
      empty={{
        title: t('No webhook yet'),
        about: t(
          'A program of yours gets texts and campaigns as they happen, signed, and again until it answers.',
        ),
        icon: <WebhookIcon size={28} />,
      }}
      isEmpty={webhooks.length === 0}
      form={(done) => <NewWebhook done={done} />}
      maxWidth={760}
    >
      {webhooks.map((webhook) => (
        <OneWebhook key={webhook.id} webhook={webhook} />
      ))}
    </GrowingList>
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
      <Made
        text={secret}
        about={t('Your program verifies our signature with this secret. It is not shown again.')}
        done={done}
      />
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
        <FormFoot deed={t('Make the webhook')} busy={isBusy} disabled={form.values.events.length === 0} />
      </Stack>
    </form>
  );
}

function OneWebhook({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [isRotating, setRotating] = useState(false);
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
            disabled={isBusy}
            onClick={() =>
              void act(
                () => api.POST('/api/webhooks/{webhook_id}/test', { params: { path } }),
                t('A test is on its way'),
              )
            }
          >
            {t('Send a test')}
          </Button>
          <Button variant="default" onClick={() => setRotating(true)}>
            {t('Change the secret')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            {t('Delete')}
          </Button>
        </Group>
        <Deliveries webhook={webhook} />
      </Stack>
      <Dialog opened={isRotating} close={() => setRotating(false)} title={t('Change the secret')}>
        {isRotating && <NewSecret webhook={webhook} done={() => setRotating(false)} />}
      </Dialog>
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

function NewSecret({ webhook, done }: { webhook: Webhook; done: () => void }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [secret, setSecret] = useState('');
  async function rotate() {
    const path = { webhook_id: webhook.id };
    const answer = await act(() =>
      api.POST('/api/webhooks/{webhook_id}/rotate-secret', { params: { path } }),
    );
    if (answer?.data?.secret) setSecret(answer.data.secret);
  }
  if (secret)
    return (
      <Made text={secret} about={t('The new secret. The former one signs for a day more.')} done={done} />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void rotate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {t('What is sent is then signed with a new secret, and for a day with the former one, too.')}
        </Text>
        <FormFoot deed={t('Make a new secret')} busy={isBusy} cancel={done} />
      </Stack>
    </form>
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
  const { act, isBusy } = useAct();
  const [isShown, setShown] = useState(false);
  const found = $api.useInfiniteQuery(
    'get',
    '/api/webhooks/{webhook_id}/deliveries',
    { params: { path: { webhook_id: webhook.id }, query: { limit: 20 } } },
    { ...byCursor, enabled: isShown },
  );
  const again = (delivery: Delivery) =>
    act(() =>
      api.POST('/api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry', {
        params: { path: { webhook_id: webhook.id, delivery_id: delivery.id } },
      }),
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
      <StackingTable
        label={t('Deliveries')}
        rows={itemsOf(found.data)}
        keyOf={(delivery) => delivery.id}
        columns={[
          { name: t('Event'), of: (delivery) => (delivery.test ? t('test') : delivery.event) },
          { name: t('When'), of: (delivery) => <Moment at={delivery.created_at} /> },
          { name: t('State'), of: (delivery) => states[delivery.state] },
          { name: t('Answer'), of: (delivery) => <Answer delivery={delivery} /> },
        ]}
        actions={(delivery) =>
          delivery.state !== 'delivered' && (
            <Button variant="default" disabled={isBusy} onClick={() => void again(delivery)}>
              {t('Send again')}
            </Button>
          )
        }
      />
      {found.data && itemsOf(found.data).length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Nothing was sent yet')}
        </Text>
      )}
      <More of={found} />
    </>
  );
}

/** What the program answered the last time, and when it is asked again. */
function Answer({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('settings');
  return (
    <div>
      {delivery.last?.detail || delivery.last?.status || '–'}
      {delivery.next_try_at && (
        <Text size="xs" c="dimmed">
          {t('next try')} <Moment at={delivery.next_try_at} long />
        </Text>
      )}
    </div>
  );
}
