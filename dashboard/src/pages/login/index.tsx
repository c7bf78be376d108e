import { Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asProblem, type Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import classes from './login.module.css';

/** Signs in by e-mail and password, or by the one-use ticket of `?ticket=`. */
export default function Login() {
  const { t } = useTranslation('login');
  const { ticket, next } = useSearch({ from: '/login' });
  const navigate = useNavigate();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(Boolean(ticket));
  const form = useForm({ initialValues: { email: '', password: '' } });
  const tried = useRef(false);

  async function signIn(ask: () => Promise<unknown>) {
    setBusy(true);
    setProblem('');
    try {
      await ask();
      queryClient.clear();
      await navigate({ href: safe(next), replace: true });
    } catch (error) {
      setProblem(inWords(asProblem(error), t));
      setBusy(false);
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a ticket is used once
  useEffect(() => {
    document.title = `${t('Sign in')} · Parley`;
    if (ticket && !tried.current) {
      tried.current = true;
      void signIn(() => api.POST('/api/accounts/login/ticket', { body: { ticket } }));
    }
  }, [ticket]);

  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder p="xl" radius="lg">
        <form
          onSubmit={form.onSubmit((body) => void signIn(() => api.POST('/api/accounts/login', { body })))}
        >
          <Stack>
            <div>
              <img src="/icon.svg" alt="" width={36} height={36} />
              <Title order={1} mt="sm">
                {t('Sign in to Parley')}
              </Title>
            </div>
            <TextInput
              label={t('Email')}
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label={t('Password')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ 'aria-label': t('Show what I typed') }}
              {...form.getInputProps('password')}
            />
            {problem && (
              <Text c="red" size="sm" role="alert">
                {problem}
              </Text>
            )}
            <Button type="submit" size="sm" loading={isBusy}>
              {t('Sign in')}
            </Button>
            <Text size="xs" c="dimmed">
              {t('Forgot your password? An admin of your team can make you a link to set a new one.')}{' '}
              <Anchor href="/setup" size="xs" underline="always">
                {t('Set up a new installation')}
              </Anchor>
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}

/** What the reader can do about it; anything else in the server's words. */
function inWords(problem: Problem, t: TFunction<'login'>): string {
  if (problem.code === 'login_ticket_used')
    return t('This link was used already or has expired: each works once. Sign in with email and password.');
  if (problem.status === 401) return t('Email or password is wrong.');
  if (problem.status === 429)
    return t('Too many attempts. Try again in {{count}} seconds.', { count: Math.max(1, problem.after) });
  return problem.detail;
}

/** Only a path of our own: an address that strangers made must not lead away from here. */
function safe(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/inbox';
}
