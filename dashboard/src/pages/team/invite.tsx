import { Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useAct } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { Made } from '@/parts/secret';
import { useMe } from '@/session/me';
import { RoleField } from './role-field';
import type { Role } from './roles';

/** Adds a user and shows the link by which they set their password. */
export function Invite({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation('team');
  return (
    <Dialog opened={opened} close={close} title={t('Invite a colleague')}>
      {opened && <InviteForm done={close} />}
    </Dialog>
  );
}

export function InviteForm({ done }: { done: () => void }) {
  const { t } = useTranslation('team');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const [link, setLink] = useState('');
  const form = useForm({ initialValues: { name: '', email: '', role: 'agent' as Role } });
  async function invite(body: { name: string; email: string; role: Role }) {
    const made = await act(async () => {
      const { data: user } = await api.POST('/api/accounts/tenants/{tenant_id}/users', {
        params: { path: { tenant_id } },
        body,
      });
      return user && linkFor(tenant_id, user.id);
    });
    if (made) setLink(made);
  }
  if (link)
    return (
      <Made
        text={link}
        about={t(
          'Send this link to {{name}}. It works once, for 24 hours: it opens a page to set a password.',
          { name: form.values.name },
        )}
        done={done}
      />
    );
  return (
    <form onSubmit={form.onSubmit((values) => void invite(values))}>
      <Stack gap="sm">
        <TextInput
          label={t('Name')}
          required
          maxLength={200}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label={t('Email')} type="email" required {...form.getInputProps('email')} />
        <RoleField {...form.getInputProps('role')} />
        <FormFoot deed={t('Make the invitation')} busy={isBusy} />
      </Stack>
    </form>
  );
}

export async function linkFor(tenant_id: string, id: string): Promise<string> {
  const { data } = await api.POST('/api/accounts/tenants/{tenant_id}/users/{id}/reset-link', {
    params: { path: { tenant_id, id } },
  });
  return data?.url ?? '';
}
