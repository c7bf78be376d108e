import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, part, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { changedFields, keepTyped, useFollow } from '@/parts/follow';
import { FormFoot } from '@/parts/form-foot';
import { OnceShown } from '@/parts/secret';
import { Section } from '@/parts/section';
import { SessionRows } from '@/parts/sessions';
import { SideDialog } from '@/parts/side-dialog';
import { useMe } from '@/session/me';
import { linkFor } from './invite';
import type { User } from './people';
import { RoleField } from './role-field';

export function OnePerson({ user, close }: { user: User | undefined; close: () => void }) {
  return (
    <SideDialog opened={Boolean(user)} close={close} title={user?.name}>
      {user && <Person key={user.id} user={user} />}
    </SideDialog>
  );
}

function Person({ user }: { user: User }) {
  const { t } = useTranslation('team');
  const { tenant_id, user_id } = useMe();
  const { act, isBusy } = useAct();
  const [link, setLink] = useState('');
  const [isClosing, setClosing] = useState(false);
  const saved = { name: user.name, email: user.email, role: user.role };
  const form = useForm({ initialValues: saved });
  useFollow(form, saved);
  const path = { tenant_id, id: user.id };
  const change = (body: Partial<Schemas['UserPatch']>) =>
    act(
      () => api.PATCH('/api/accounts/tenants/{tenant_id}/users/{id}', { params: { path }, body: part(body) }),
      t('Saved'),
    );
  const isSelf = user.id === user_id;
  return (
    <Stack>
      <form
        onSubmit={form.onSubmit(async (values) => {
          if (await change(changedFields(form.getInitialValues(), values))) keepTyped(form, values);
        })}
      >
        <Stack gap="sm">
          <TextInput label={t('Name')} required {...form.getInputProps('name')} />
          <TextInput label={t('Email')} type="email" required {...form.getInputProps('email')} />
          <RoleField
            description={t('Another role ends all sessions of this person')}
            {...form.getInputProps('role')}
          />
          <FormFoot deed={t('Save')} busy={isBusy} disabled={!form.isDirty()} />
        </Stack>
      </form>
      <Section
        title={t('Password')}
        about={t('A link that sets a new password once, within 24 hours. You hand it over yourself.')}
      >
        {link ? (
          <OnceShown text={link} about={t('Send this link to {{name}}.', { name: user.name })} />
        ) : (
          <Button
            variant="default"
            disabled={user.status !== 'active'}
            onClick={async () => setLink((await act(() => linkFor(tenant_id, user.id))) ?? '')}
          >
            {t('Make a reset link')}
          </Button>
        )}
      </Section>
      <Section title={t('Sessions')}>
        <Sessions user={user} />
      </Section>
      <Section title={t('Account')}>
        {user.status === 'active' ? (
          <Button variant="light" color="red" disabled={isSelf} onClick={() => setClosing(true)}>
            {t('Close the account')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => void change({ status: 'active' })}>
            {t('Open the account again')}
          </Button>
        )}
        {isSelf && (
          <Text size="xs" c="dimmed" mt={4}>
            {t('Another admin has to close yours.')}
          </Text>
        )}
      </Section>
      <Confirm
        opened={isClosing}
        close={() => setClosing(false)}
        act={() => {
          setClosing(false);
          void change({ status: 'inactive', revoke_keys: true });
        }}
        title={t('Close the account of {{name}}?', { name: user.name })}
        deed={t('Close the account')}
        danger
      >
        <Alert variant="light" color="yellow">
          {t('All sessions end, and API keys that this person made stop working. What they wrote stays.')}
        </Alert>
      </Confirm>
    </Stack>
  );
}

function Sessions({ user }: { user: User }) {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const { act } = useAct();
  const path = { tenant_id, id: user.id };
  const found = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/users/{id}/sessions', {
    params: { path },
  });
  return (
    <SessionRows
      sessions={found.data?.items ?? []}
      end={(session_id) =>
        void act(
          () =>
            api.DELETE('/api/accounts/tenants/{tenant_id}/users/{id}/sessions/{session_id}', {
              params: { path: { ...path, session_id } },
            }),
          t('The session has ended'),
        )
      }
    />
  );
}
