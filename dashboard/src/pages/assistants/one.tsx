import { ActionIcon, Badge, Group, Menu, Tabs, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { MoreHorizontal, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { Confirm } from '@/parts/confirm';
import { Page } from '@/parts/page';
import { Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { WayBack } from '@/parts/way-back';
import { useMay } from '@/session/me';
import { Draft } from './draft';
import { Knowledge } from './knowledge';
import { Playground } from './playground';
import { Publish } from './publish';
import { Versions } from './versions';

const Scores = lazy(() => import('./scores'));
const Replays = lazy(() => import('./replays'));

export type Assistant = Schemas['AssistantOut'];

export default function OneAssistant() {
  const { t } = useTranslation('assistants');
  const { assistantId } = useParams({ from: '/signed-in/assistants/$assistantId' });
  const found = $api.useQuery('get', '/api/assistants/{assistant_id}', {
    params: { path: { assistant_id: assistantId } },
  });
  if (found.error && !found.data)
    return (
      <Page title={t('Assistant')} about={<Back />}>
        <Failure error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  if (!found.data) return <Loading />;
  return <Shown assistant={found.data} key={assistantId} />;
}

function Back() {
  const { t } = useTranslation('assistants');
  return <WayBack to="/assistants">{t('All assistants')}</WayBack>;
}

function Shown({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const search = useSearch({ from: '/signed-in/assistants/$assistantId' });
  const navigate = useNavigate();
  const [isPublishing, setPublishing] = useState(false);
  const [isTyped, setTyped] = useState(false);
  const tab = search.tab ?? 'draft';
  const go = (next: string | null) =>
    void navigate({
      to: '/assistants/$assistantId',
      params: { assistantId: assistant.id },
      search: { tab: next ?? undefined },
      replace: true,
    });
  const publish = () => setPublishing(true);
  return (
    <Page wide title={assistant.name} about={<Back />} actions={<State assistant={assistant} />}>
      <Tabs keepMounted={false} keepMountedMode="display-none" value={tab} onChange={go}>
        <Tabs.List mb="md">
          <Tabs.Tab value="draft">{t('Instructions')}</Tabs.Tab>
          <Tabs.Tab value="knowledge">{t('Knowledge')}</Tabs.Tab>
          <Tabs.Tab value="try">{t('Playground')}</Tabs.Tab>
          <Tabs.Tab value="versions">{t('Versions')}</Tabs.Tab>
          <Tabs.Tab value="scores">{t('Scores')}</Tabs.Tab>
          <Tabs.Tab value="replays">{t('Replays')}</Tabs.Tab>
        </Tabs.List>
        <Suspense fallback={<Loading />}>
          <Tabs.Panel value="draft" keepMounted={isTyped}>
            <Draft assistant={assistant} publish={publish} typed={setTyped} />
          </Tabs.Panel>
          <Tabs.Panel value="knowledge">
            <Knowledge assistantId={assistant.id} />
          </Tabs.Panel>
          <Tabs.Panel value="try">
            <Playground assistant={assistant} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <Versions assistant={assistant} publish={publish} />
          </Tabs.Panel>
          <Tabs.Panel value="scores">
            <Scores assistantId={assistant.id} />
          </Tabs.Panel>
          <Tabs.Panel value="replays">
            <Replays assistant={assistant} shown={search.replay} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
      <Publish assistant={assistant} opened={isPublishing} close={() => setPublishing(false)} />
    </Page>
  );
}

function State({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  return (
    <>
      {assistant.is_default && (
        <Badge variant="default" tt="none">
          {t('Default')}
        </Badge>
      )}
      <Badge variant="light" tt="none">
        {t('Version {{version}} live', { version: assistant.live_version })}
      </Badge>
      {assistant.draft_version !== null && (
        <Badge color="gray" variant="light" tt="none">
          {t('draft {{version}}', { version: assistant.draft_version })}
        </Badge>
      )}
      <More assistant={assistant} />
    </>
  );
}

function More({ assistant }: { assistant: Assistant }) {
  const { t } = useTranslation('assistants');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const remove = $api.useMutation('delete', '/api/assistants/{assistant_id}', {
    onError: tellFailed,
    onSuccess: async () => {
      await navigate({ to: '/assistants', search: {}, ignoreBlocker: true });
      await queries.invalidateQueries({ queryKey: ['get', '/api/assistants'] });
    },
    onSettled: () => setAsking(false),
  });
  if (!useMay('admin') || assistant.is_default) return null;
  return (
    <Group>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t('More actions')}>
            <MoreHorizontal size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => setAsking(true)}>
            {t('Delete this assistant')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={isAsking}
        danger
        typed={assistant.name}
        title={t('Delete this assistant')}
        deed={t('Delete')}
        busy={remove.isPending}
        close={() => setAsking(false)}
        act={() => remove.mutate({ params: { path: { assistant_id: assistant.id } } })}
      >
        <Text size="sm">
          {t('It answers no more; guides and routes that name it are passed over. What it wrote stays.')}
        </Text>
      </Confirm>
    </Group>
  );
}
