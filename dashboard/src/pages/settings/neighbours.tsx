import { Alert, Button, Group, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Cable } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { FormFoot } from '@/parts/form-foot';
import { GrowingList } from '@/parts/growing-list';
import { Moment } from '@/parts/moment';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { WebhookAddress } from './webhook-address';

type Neighbour = Schemas['NeighbourOut'];
const KINDS = {
  chatwoot: 'Chatwoot',
  postmark: 'Postmark',
  sendgrid: 'SendGrid',
  mailgun: 'Mailgun',
} as const;

/** Chat and e-mail systems whose conversations stand beside the texts of a contact. */
export function Neighbours() {
  const { t } = useTranslation('settings');
  const found = $api.useQuery('get', '/api/neighbours');
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const neighbours = found.data.items;
  return (
    <GrowingList
      deed={t('Connect a system')}
      empty={{
        title: t('No neighbour yet'),
        about: t('Chats and e-mails of other systems then stand in the timeline of each contact.'),
        icon: <Cable size={28} />,
      }}
      isEmpty={neighbours.length === 0}
      form={(done) => <NewNeighbour done={done} />}
      maxWidth={760}
    >
      {neighbours.map((neighbour) => (
        <OneNeighbour key={neighbour.id} neighbour={neighbour} />
      ))}
    </GrowingList>
  );
}

function OneNeighbour({ neighbour }: { neighbour: Neighbour }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const [asked, ask] = useState<'rotate' | 'leave' | null>(null);
  const path = { neighbour_id: neighbour.id };
  const name = neighbour.name || KINDS[neighbour.kind];
  const outcomes = { taken: t('taken'), ignored: t('ignored'), refused: t('refused') };
  return (
    <Section title={name} about={KINDS[neighbour.kind]}>
      <Stack gap="sm">
        <WebhookAddress about={t('Webhook address, to be entered in that system')} url={neighbour.url} />
        <Text size="sm">
          {neighbour.last ? (
            <>
              {t('Last webhook')} <Moment at={neighbour.last.at} />: {outcomes[neighbour.last.outcome]}{' '}
              {neighbour.last.reason}
            </>
          ) : (
            t('Nothing has arrived yet.')
          )}
        </Text>
        {!neighbour.checks_signature && (
          <Alert color="yellow" variant="light">
            {t('Signatures are not checked: keep the address secret.')}
          </Alert>
        )}
        <Group gap="xs">
          <Button variant="default" disabled={isBusy} onClick={() => ask('rotate')}>
            {t('Change the address')}
          </Button>
          <Button variant="subtle" color="red" disabled={isBusy} onClick={() => ask('leave')}>
            {t('Disconnect')}
          </Button>
        </Group>
      </Stack>
      <Confirm
        opened={asked === 'rotate'}
        close={() => ask(null)}
        act={() => {
          ask(null);
          void act(
            () => api.POST('/api/neighbours/{neighbour_id}/rotate', { params: { path } }),
            t('It has a new address; the former one is refused'),
          );
        }}
        title={t('Change the address of {{name}}?', { name })}
        deed={t('Change the address')}
      >
        <Text size="sm">{t('The former address is refused at once: enter the new one in that system.')}</Text>
      </Confirm>
      <Confirm
        opened={asked === 'leave'}
        close={() => ask(null)}
        act={() => {
          ask(null);
          void act(() => api.DELETE('/api/neighbours/{neighbour_id}', { params: { path } }));
        }}
        title={t('Disconnect {{name}}?', { name })}
        deed={t('Disconnect')}
        danger
      >
        <Text size="sm">
          {t('Its webhooks are refused from now on. What it told before stays in the timelines.')}
        </Text>
      </Confirm>
    </Section>
  );
}

function NewNeighbour({ done }: { done: () => void }) {
  const { t } = useTranslation('settings');
  const { act, isBusy } = useAct();
  const form = useForm({ initialValues: { kind: 'chatwoot' as Neighbour['kind'], name: '', secret: '' } });
  async function connect({ kind, name, secret }: typeof form.values) {
    const made = await act(() =>
      api.POST('/api/neighbours', {
        body: part<Schemas['NeighbourIn']>({ kind, name, secret: secret || null }),
      }),
    );
    if (made) done();
  }
  return (
    <form onSubmit={form.onSubmit((values) => void connect(values))}>
      <Stack gap="sm">
        <Select
          label={t('Software')}
          allowDeselect={false}
          data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('kind')}
        />
        <TextInput label={t('Name')} {...form.getInputProps('name')} />
        <PasswordInput
          label={t('Secret for its signatures')}
          description={t('Where that system signs its webhooks')}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
          {...form.getInputProps('secret')}
        />
        <FormFoot deed={t('Connect')} busy={isBusy} />
      </Stack>
    </form>
  );
}
