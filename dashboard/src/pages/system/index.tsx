import { Button, Group, Paper, Tabs, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { useAct } from '@/parts/act';
import { OperatorLogin } from '@/parts/operator-login';
import { Loading } from '@/parts/states';
import { CarrierHealth } from './carriers';
import { DeadLetters } from './letters';
import { Overview } from './overview';
import { Queues } from './queues';
import classes from './system.module.css';

/** The operator's page: what is red, and the next step. */
export default function System() {
  const { t } = useTranslation('system');
  const me = $api.useQuery('get', '/api/accounts/me', {}, { retry: false });
  useEffect(() => {
    document.title = `${t('System')} · Parley`;
  }, [t]);
  if (me.isPending) return <Loading />;
  if (!me.data?.operator)
    return (
      <main className={classes.login}>
        <Paper withBorder p="xl" radius="lg" maw={420} w="100%">
          <Title order={1} mb={4}>
            {t('System')}
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            {t('For the operator of this installation.')}
          </Text>
          <OperatorLogin done={() => void me.refetch()} />
        </Paper>
      </main>
    );
  return <Signed hasTenant={'tenant_id' in me.data} />;
}

function Signed({ hasTenant }: { hasTenant: boolean }) {
  const { t } = useTranslation('system');
  const { act } = useAct();
  const [tab, setTab] = useState<string | null>('overview');
  return (
    <main className={classes.page}>
      <Group justify="space-between" mb="md">
        <Title order={1}>{t('System')}</Title>
        <Group gap="xs">
          {hasTenant && (
            <Button variant="default" component="a" href="/inbox">
              {t('To the inbox')}
            </Button>
          )}
          <Button variant="default" onClick={() => void act(() => api.POST('/api/accounts/operator-logout'))}>
            {t('Leave')}
          </Button>
        </Group>
      </Group>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">{t('What runs')}</Tabs.Tab>
          <Tabs.Tab value="letters">{t('Dead letters')}</Tabs.Tab>
          <Tabs.Tab value="queues">{t('Queues')}</Tabs.Tab>
          <Tabs.Tab value="carriers">{t('Carriers')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview show={setTab} />
        </Tabs.Panel>
        <Tabs.Panel value="letters">
          <DeadLetters />
        </Tabs.Panel>
        <Tabs.Panel value="queues">
          <Queues />
        </Tabs.Panel>
        <Tabs.Panel value="carriers">
          <CarrierHealth />
        </Tabs.Panel>
      </Tabs>
    </main>
  );
}
