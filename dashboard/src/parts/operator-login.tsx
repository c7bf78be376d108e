import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asProblem } from '@/api/problem';

/** Opens an operator's session of this browser. */
export function OperatorLogin({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const [admin_token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  async function signIn() {
    setBusy(true);
    setProblem('');
    try {
      await api.POST('/api/accounts/operator-login', { body: { admin_token } });
      done();
    } catch (error) {
      const { status, detail } = asProblem(error);
      setProblem(status === 401 ? t('This is not the ADMIN_TOKEN of this installation.') : detail);
    } finally {
      setBusy(false);
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void signIn();
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="ADMIN_TOKEN"
          description={t(
            'As it was set, or from credentials.json in the data folder; the start prints where.',
          )}
          required
          withAsterisk={false}
          autoComplete="off"
          value={admin_token}
          onChange={(event) => setToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
        />
        {problem && (
          <Text c="var(--danger)" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Button type="submit" size="sm" loading={isBusy}>
          {t('Sign in as the operator')}
        </Button>
      </Stack>
    </form>
  );
}
