import { Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { AuditTrail } from './audit';
import { ApiKeys } from './keys';
import { People } from './people';

/** Who may do what here: people, programs, and what each of them changed. */
export default function Team() {
  const { t } = useTranslation('team');
  const [tab, setTab] = useState<string | null>('people');
  return (
    <Page
      title={t('Team')}
      about={t('Viewers read, agents answer customers, admins also change settings.')}
      wide
    >
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="people">{t('People')}</Tabs.Tab>
          <Tabs.Tab value="keys">{t('API keys')}</Tabs.Tab>
          <Tabs.Tab value="audit">{t('Who changed what')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <ApiKeys />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <AuditTrail />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
