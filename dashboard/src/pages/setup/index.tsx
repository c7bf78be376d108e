import { Anchor, Paper, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { OperatorLogin } from '@/parts/operator-login';
import { Loading } from '@/parts/states';
import { MeProvider } from '@/session/me';
import { Checklist } from './checklist';
import { OpenBusiness } from './open';
import classes from './setup.module.css';

/** The first run: from an installation without tenants to the first answered text. */
export default function Setup() {
  const { t } = useTranslation('setup');
  const queries = useQueryClient();
  const setup = $api.useQuery('get', '/api/accounts/setup');
  const me = $api.useQuery('get', '/api/accounts/me', {}, { retry: false });
  useEffect(() => {
    document.title = `${t('Set up Parley')} · Parley`;
  }, [t]);
  if (me.isPending || !setup.data) return <Loading />;
  if (me.data && 'tenant_id' in me.data && me.data.role === 'admin')
    return (
      <MeProvider me={me.data}>
        <Checklist isSandbox={setup.data.sandbox} />
      </MeProvider>
    );
  if (!setup.data.needs_setup) return <Ready />;
  const readAgain = () => void queries.resetQueries();
  return (
    <Card>
      <Title order={1} mt="sm" mb={4}>
        {t('Set up Parley')}
      </Title>
      {me.data?.operator ? (
        <OpenBusiness isSandbox={setup.data.sandbox} done={readAgain} />
      ) : (
        <>
          <Text size="sm" c="dimmed" mb="md">
            {t('Nothing is set up here yet. First show that this installation is yours.')}
          </Text>
          <OperatorLogin done={readAgain} />
        </>
      )}
    </Card>
  );
}

function Card({ children }: { children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder p="xl" radius="lg">
        <img src="/icon.svg" alt="" width={36} height={36} />
        {children}
      </Paper>
    </main>
  );
}

function Ready() {
  const { t } = useTranslation('setup');
  return (
    <Card>
      <Title order={1} mt="sm" mb={4}>
        {t('This installation is set up')}
      </Title>
      <Text size="sm">
        {t('Sign in as an admin to go on with the first steps.')}{' '}
        <Anchor href="/login?next=/setup" size="sm" underline="always">
          {t('Sign in')}
        </Anchor>
      </Text>
    </Card>
  );
}
