import { Button, Checkbox, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inOneText } from '@/parts/act';
import { type Beginning, begin } from './begin';

/** The business and its first admin, who is signed in at once. */
export function OpenBusiness({ isSandbox, done }: { isSandbox: boolean; done: () => void }) {
  const { t } = useTranslation('setup');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useForm<Beginning>({
    initialValues: {
      business: '',
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      name: '',
      email: '',
      password: '',
      sandbox: isSandbox,
    },
  });
  async function open(values: Beginning) {
    setBusy(true);
    setProblem('');
    try {
      await begin(values);
      done();
    } catch (error) {
      setProblem(inOneText(error));
      setBusy(false);
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void open(values))}>
      <Text size="sm" c="dimmed" mb="md">
        {t('Your business, and you as its first admin.')}
      </Text>
      <Stack gap="sm">
        <TextInput
          label={t('Name of the business')}
          required
          maxLength={200}
          autoFocus
          {...form.getInputProps('business')}
        />
        <Select
          label={t('Time zone')}
          searchable
          limit={50}
          allowDeselect={false}
          data={[...new Set([form.values.timezone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]}
          {...form.getInputProps('timezone')}
        />
        <TextInput label={t('Your name')} required autoComplete="name" {...form.getInputProps('name')} />
        <TextInput
          label={t('Your email')}
          type="email"
          required
          autoComplete="username"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('A password for you')}
          description={t('At least 10 characters')}
          required
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
          {...form.getInputProps('password')}
        />
        {isSandbox && (
          <Checkbox
            label={t('Begin with the pretend carrier')}
            description={t(
              'A number and a phone to try everything with. No real phone is texted and nothing costs money.',
            )}
            {...form.getInputProps('sandbox', { type: 'checkbox' })}
          />
        )}
        {problem && (
          <Text c="red" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Button type="submit" size="sm" loading={isBusy}>
          {t('Open the business')}
        </Button>
      </Stack>
    </form>
  );
}
