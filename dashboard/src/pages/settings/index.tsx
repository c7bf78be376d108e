import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { useMay } from '@/session/me';
import { Business } from './business';
import { CannedReplies } from './canned';
import { Carriers } from './carriers';
import { Labels } from './labels';
import { Neighbours } from './neighbours';
import { Own } from './own';
import { Webhooks } from './webhooks';

/** One's own settings for everybody; those of the business for admins. */
export default function Settings() {
  const { t } = useTranslation('settings');
  const isAdmin = useMay('admin');
  const navigate = useNavigate();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const [isTyped, setTyped] = useState(false);
  const parts = [
    { value: 'own', label: t('You'), content: <Own /> },
    ...(isAdmin
      ? [
          {
            value: 'business',
            label: t('Business'),
            content: <Business typed={setTyped} />,
            isKept: isTyped,
          },
          { value: 'carrier', label: t('Carrier accounts'), content: <Carriers /> },
          { value: 'labels', label: t('Labels'), content: <Labels /> },
          { value: 'canned', label: t('Canned replies'), content: <CannedReplies /> },
          { value: 'webhooks', label: t('Webhooks'), content: <Webhooks /> },
          { value: 'neighbours', label: t('Neighbours'), content: <Neighbours /> },
        ]
      : []),
  ];
  const shown = parts.find((part) => part.value === tab) ?? parts[isAdmin ? 1 : 0];
  return (
    <Page wide title={t('Settings')}>
      <Tabs
        value={shown?.value}
        onChange={(value) => void navigate({ to: '/settings', search: { tab: value ?? undefined } })}
        keepMounted={false}
        keepMountedMode="display-none"
      >
        <Tabs.List mb="md">
          {parts.map((part) => (
            <Tabs.Tab key={part.value} value={part.value}>
              {part.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map((part) => (
          <Tabs.Panel key={part.value} value={part.value} keepMounted={'isKept' in part && part.isKept}>
            {part.content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
