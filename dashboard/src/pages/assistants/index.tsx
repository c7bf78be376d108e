import { Badge, Button, Group, Table, Tabs } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Bot, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Page } from '@/parts/page';
import rowStyles from '@/parts/rows.module.css';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { CreateAssistant } from './create';
import { Guides } from './guides';
import { Routes } from './routes';

export default function Assistants() {
  const { t } = useTranslation('assistants');
  const { tab = 'assistants' } = useSearch({ from: '/signed-in/assistants' });
  const navigate = useNavigate();
  const [isNew, setNew] = useState(false);
  const isAdmin = useMay('admin');
  return (
    <Page
      wide
      title={t('Assistants')}
      about={t('Who answers texts, from what they know, and what they are to say in which case.')}
      actions={
        isAdmin &&
        tab === 'assistants' && (
          <Button leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
            {t('New assistant')}
          </Button>
        )
      }
    >
      <Tabs
        keepMounted={false}
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/assistants', search: { tab: next ?? undefined }, replace: true })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="assistants">{t('Assistants')}</Tabs.Tab>
          <Tabs.Tab value="guides">{t('Guides')}</Tabs.Tab>
          <Tabs.Tab value="routes">{t('Routes')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="assistants">
          <List />
        </Tabs.Panel>
        <Tabs.Panel value="guides">
          <Guides />
        </Tabs.Panel>
        <Tabs.Panel value="routes">
          <Routes />
        </Tabs.Panel>
      </Tabs>
      <CreateAssistant opened={isNew} close={() => setNew(false)} />
    </Page>
  );
}

function List() {
  const { t } = useTranslation('assistants');
  const list = $api.useInfiniteQuery(
    'get',
    '/api/assistants',
    { params: { query: { limit: 50 } } },
    byCursor,
  );
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const assistants = itemsOf(list.data);
  if (assistants.length === 0)
    return (
      <Empty title={t('No assistant yet')} icon={<Bot size={28} aria-hidden />}>
        {t('An assistant drafts or sends answers from what you tell it.')}
      </Empty>
    );
  return (
    <>
      <Table aria-label={t('Assistants')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Name')}</Table.Th>
            <Table.Th>{t('Version')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Model')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Documents')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Changed')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {assistants.map((assistant) => (
            <Row key={assistant.id} assistant={assistant} />
          ))}
        </Table.Tbody>
      </Table>
      <More of={list} />
    </>
  );
}

function Row({ assistant }: { assistant: Schemas['AssistantOut'] }) {
  const { t } = useTranslation('assistants');
  return (
    <Table.Tr className={rowStyles.row}>
      <Table.Td>
        <Group gap="xs">
          <Link
            to="/assistants/$assistantId"
            params={{ assistantId: assistant.id }}
            search={{}}
            className={rowStyles.name}
          >
            {assistant.name}
          </Link>
          {assistant.is_default && (
            <Badge size="sm" variant="default" tt="none">
              {t('Default')}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Badge size="sm" variant="light" tt="none">
            {t('Version {{version}} live', { version: assistant.live_version })}
          </Badge>
          {assistant.draft_version !== null && (
            <Badge size="sm" color="gray" variant="light" tt="none">
              {t('draft {{version}}', { version: assistant.draft_version })}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">{assistant.model || t('the installation’s')}</Table.Td>
      <Table.Td visibleFrom="sm">{assistant.documents}</Table.Td>
      <Table.Td visibleFrom="sm" className={rowStyles.quiet}>
        <Moment at={assistant.updated_at} />
      </Table.Td>
    </Table.Tr>
  );
}
