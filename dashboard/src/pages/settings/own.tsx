import { Group, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { inOneText, useAct } from '@/parts/act';
import { FormFoot } from '@/parts/form-foot';
import { Section } from '@/parts/section';
import { SessionRows } from '@/parts/sessions';
import { tellDone } from '@/parts/told';
import { useMe } from '@/session/me';
import { LANGUAGES, type Language, speak } from '@/words/i18n';

/** One's own name, language, notifications, password and sessions. */
export function Own() {
  const { t } = useTranslation('settings');
  const me = useMe();
  if (!me.user_id) return <Text>{t('An API key has no settings of its own.')}</Text>;
  return (
    <Stack gap="md" maw={640}>
      <Profile />
      <Notifications />
      <Password />
      <Sessions />
    </Stack>
  );
}

function Profile() {
  const { t, i18n } = useTranslation('settings');
  const me = useMe();
  const { act, isBusy } = useAct();
  const form = useForm({ initialValues: { name: me.name ?? '', language: me.language ?? i18n.language } });
  async function save(body: { name: string; language: string }) {
    await act(() => api.PATCH('/api/accounts/me', { body: part<Schemas['MePatch']>(body) }), t('Saved'));
    if (body.language in LANGUAGES) speak(body.language as Language);
  }
  return (
    <Section title={t('Profile')}>
      <form onSubmit={form.onSubmit((values) => void save(values))}>
        <Stack gap="sm">
          <TextInput
            label={t('Name')}
            description={t('As colleagues see it')}
            required
            maxLength={200}
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('Email')}
            value={me.email ?? ''}
            readOnly
            description={t('An admin can change it')}
          />
          <Select
            label={t('Language')}
            allowDeselect={false}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('language')}
          />
          <Save isBusy={isBusy} />
        </Stack>
      </form>
    </Section>
  );
}

export function Save({ isBusy }: { isBusy: boolean }) {
  const { t } = useTranslation('settings');
  return <FormFoot deed={t('Save')} busy={isBusy} />;
}

type About = 'mine' | 'all' | 'nothing';

function Notifications() {
  const { t } = useTranslation('settings');
  const { notify } = useMe();
  const { act, isBusy } = useAct();
  const form = useForm({
    initialValues: {
      about: (notify?.about ?? 'mine') as About,
      sound: notify?.sound ?? false,
      isQuiet: Boolean(notify?.do_not_disturb),
      starts: notify?.do_not_disturb?.starts ?? '20:00',
      ends: notify?.do_not_disturb?.ends ?? '08:00',
    },
  });
  async function save({ about, sound, isQuiet, starts, ends }: typeof form.values) {
    if (about !== 'nothing' && 'Notification' in window && Notification.permission === 'default')
      await Notification.requestPermission();
    const do_not_disturb = isQuiet ? { starts, ends } : null;
    await act(
      () =>
        api.PATCH('/api/accounts/me', {
          body: part<Schemas['MePatch']>({ notify: { about, sound, do_not_disturb } }),
        }),
      t('Saved'),
    );
  }
  const isBlocked = 'Notification' in window && Notification.permission === 'denied';
  return (
    <Section title={t('Notifications')} about={t('Only for what needs a person, while this page is open.')}>
      <form onSubmit={form.onSubmit((values) => void save(values))}>
        <Stack gap="sm">
          <Select
            label={t('Tell me about')}
            allowDeselect={false}
            data={[
              { value: 'mine', label: t('Conversations of mine or of nobody') },
              { value: 'all', label: t('All conversations') },
              { value: 'nothing', label: t('Nothing') },
            ]}
            {...form.getInputProps('about')}
          />
          {isBlocked && form.values.about !== 'nothing' && (
            <Text size="sm" c="var(--attention)">
              {t('Your browser blocks notifications of this page. Permit them beside the address.')}
            </Text>
          )}
          <Switch label={t('With a sound')} {...form.getInputProps('sound', { type: 'checkbox' })} />
          <Switch
            label={t('Do not disturb at certain hours')}
            {...form.getInputProps('isQuiet', { type: 'checkbox' })}
          />
          {form.values.isQuiet && (
            <Group>
              <TextInput type="time" label={t('From')} required {...form.getInputProps('starts')} />
              <TextInput type="time" label={t('Until')} required {...form.getInputProps('ends')} />
            </Group>
          )}
          <Save isBusy={isBusy} />
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useTranslation('settings');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useForm({ initialValues: { current: '', new: '' } });
  async function change(body: { current: string; new: string }) {
    setBusy(true);
    setProblem('');
    try {
      await api.POST('/api/accounts/me/password', { body });
      form.reset();
      tellDone(t('Your password is changed. All other sessions of yours have ended.'));
    } catch (error) {
      setProblem(inOneText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Section
      title={t('Password')}
      about={t('At least 10 characters. A change ends all other sessions of yours.')}
    >
      <form onSubmit={form.onSubmit((values) => void change(values))}>
        <Stack gap="sm">
          <PasswordInput
            label={t('Current password')}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
            {...form.getInputProps('current')}
          />
          <PasswordInput
            label={t('New password')}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
            {...form.getInputProps('new')}
          />
          <FormFoot deed={t('Change password')} busy={isBusy} problem={problem} />
        </Stack>
      </form>
    </Section>
  );
}

function Sessions() {
  const { t } = useTranslation('settings');
  const { act } = useAct();
  const found = $api.useQuery('get', '/api/accounts/me/sessions');
  return (
    <Section title={t('Where you are signed in')}>
      <SessionRows
        sessions={found.data?.items ?? []}
        end={(session_id) =>
          void act(
            () => api.DELETE('/api/accounts/me/sessions/{session_id}', { params: { path: { session_id } } }),
            t('The session has ended'),
          )
        }
      />
    </Section>
  );
}
