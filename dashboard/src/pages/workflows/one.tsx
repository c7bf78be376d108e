import { Button, Group, Menu, Tabs, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { MoreHorizontal, Redo2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useCommands } from '@/app/commands';
import { Confirm } from '@/parts/confirm';
import { Notice } from '@/parts/notice';
import { Page } from '@/parts/page';
import { Failure, Loading } from '@/parts/states';
import { tellDone, tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { Builder } from './builder';
import { StateBadge } from './index';
import { keepWorkflow, useLiveWorkflows, useWorkflow } from './live';
import { Runs } from './runs';
import { type Editing, useEditing } from './use-editing';
import { Versions } from './versions';
import type { Workflow } from './words';

export default function OneWorkflow() {
  const { workflowId } = useParams({ strict: false }) as { workflowId: string };
  const found = useWorkflow(workflowId);
  useLiveWorkflows();
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return <Shown key={workflowId} workflow={found.data} />;
}

const TABS = ['build', 'runs', 'versions'] as const;

function Shown({ workflow }: { workflow: Workflow }) {
  const { t } = useTranslation('workflows');
  const navigate = useNavigate();
  const isAdmin = useMay('admin');
  const editing = useEditing(workflow);
  const acts = useActs(workflow, editing);
  const place = useSearch({ strict: false }) as { tab?: string; run?: string };
  const tab = TABS.find((one) => one === place.tab) ?? 'build';
  const goTo = (to: { tab?: string; run?: string }) =>
    void navigate({ to: '/workflows/$workflowId', params: { workflowId: workflow.id }, search: to });
  useCommands(
    isAdmin
      ? [
          { id: 'workflow.save', label: t('Save the workflow'), keys: 'mod+s', run: () => void acts.save() },
          { id: 'workflow.undo', label: t('Undo'), keys: 'mod+z', run: editing.undo },
          { id: 'workflow.redo', label: t('Redo'), keys: 'mod+shift+z', run: editing.redo },
        ]
      : [],
  );
  return (
    <Page
      wide
      title={workflow.name}
      about={<About workflow={workflow} editing={editing} />}
      actions={isAdmin && <Actions workflow={workflow} editing={editing} acts={acts} />}
    >
      <Overtaken workflow={workflow} editing={editing} />
      <Tabs
        value={tab}
        onChange={(wanted) => goTo({ tab: wanted === 'build' ? undefined : (wanted ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="build">{isAdmin ? t('Build') : t('Steps')}</Tabs.Tab>
          <Tabs.Tab value="runs">{t('Runs')}</Tabs.Tab>
          <Tabs.Tab value="versions">{t('Versions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="build">
          <Builder workflow={workflow} editing={editing} prepare={acts.save} readOnly={!isAdmin} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <Runs workflow={workflow} chosen={place.run} choose={(run) => goTo({ tab: 'runs', run })} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions
            workflow={workflow}
            take={
              isAdmin
                ? (definition) => {
                    editing.set(definition);
                    goTo({});
                  }
                : null
            }
          />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function About({ workflow, editing }: { workflow: Workflow; editing: Editing }) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  const { counts } = workflow;
  return (
    <Group gap="xs">
      <StateBadge state={workflow.state} />
      <Text size="sm" c="dimmed">
        {t('version {{version}}', { version: workflow.version })}
        {workflow.live_version !== null &&
          workflow.live_version !== workflow.version &&
          ` (${t('new runs start with version {{version}}', { version: workflow.live_version })})`}
        {' · '}
        {t('{{n}} under way', { n: format.number((counts.waiting ?? 0) + (counts.running ?? 0)) })}
        {' · '}
        {t('{{n}} finished', { n: format.number(counts.finished ?? 0) })}
        {editing.problems.length > 0 && ` · ${t('{{count}} problems', { count: editing.problems.length })}`}
      </Text>
    </Group>
  );
}

/** Saving, activating, archiving. Each answers whether it worked. */
function useActs(workflow: Workflow, editing: Editing) {
  const { t } = useTranslation('workflows');
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const params = { path: { workflow_id: workflow.id } };
  const act = async (asked: () => Promise<{ data?: Workflow }>, done?: string): Promise<boolean> => {
    setBusy(true);
    try {
      const { data } = await asked();
      if (data) keepWorkflow(queries, data);
      if (done) tellDone(done);
      return true;
    } catch (error) {
      tellFailed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const save = async () => {
    if (!editing.isChanged) return true;
    return act(() =>
      api.PATCH('/api/workflows/{workflow_id}', {
        params,
        body: { definition: editing.definition as never } as never,
      }),
    );
  };
  const activate = async () => {
    if (await save())
      await act(
        () => api.POST('/api/workflows/{workflow_id}/activate', { params }),
        t('Active: new runs start with this version'),
      );
  };
  const archive = () =>
    act(() => api.POST('/api/workflows/{workflow_id}/archive', { params }), t('Archived: no new runs start'));
  const rename = (name: string) =>
    act(() => api.PATCH('/api/workflows/{workflow_id}', { params, body: { name } as never }));
  return { save, activate, archive, rename, isBusy };
}

interface ActionsProps {
  workflow: Workflow;
  editing: Editing;
  acts: ReturnType<typeof useActs>;
}

function Actions({ workflow, editing, acts }: ActionsProps) {
  const { t } = useTranslation('workflows');
  const [dialog, open] = useState<'archive' | 'rename' | null>(null);
  const [name, setName] = useState(workflow.name);
  const isLive =
    workflow.state === 'active' && workflow.live_version === workflow.version && !editing.isChanged;
  return (
    <>
      {editing.isChanged && (
        <Text size="sm" c="dimmed" role="status">
          {t('Not saved; kept in this browser')}
        </Text>
      )}
      <Button
        variant="default"
        px={8}
        aria-label={t('Undo')}
        disabled={!editing.canUndo}
        onClick={editing.undo}
      >
        <Undo2 size={15} />
      </Button>
      <Button
        variant="default"
        px={8}
        aria-label={t('Redo')}
        disabled={!editing.canRedo}
        onClick={editing.redo}
      >
        <Redo2 size={15} />
      </Button>
      <Button
        variant="default"
        disabled={!editing.isChanged}
        loading={acts.isBusy}
        onClick={() => void acts.save()}
      >
        {t('Save')}
      </Button>
      <Button
        disabled={isLive || editing.problems.length > 0}
        title={editing.problems.length > 0 ? t('Correct the problems first.') : undefined}
        onClick={() => void acts.activate()}
      >
        {t('Activate')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label={t('More')}>
            <MoreHorizontal size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => open('rename')}>{t('Rename')}</Menu.Item>
          <Menu.Item disabled={!editing.isChanged} onClick={editing.discard}>
            {t('Discard unsaved changes')}
          </Menu.Item>
          {workflow.state !== 'archived' && (
            <Menu.Item color="red" onClick={() => open('archive')}>
              {t('Archive')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={dialog === 'archive'}
        title={t('Archive this workflow?')}
        deed={t('Archive')}
        danger
        act={() => {
          void acts.archive();
          open(null);
        }}
        close={() => open(null)}
      >
        {t('No new run starts. Runs under way go on to their end. It can be activated again.')}
      </Confirm>
      <Confirm
        opened={dialog === 'rename'}
        title={t('Rename')}
        deed={t('Save')}
        act={() => {
          if (name.trim()) void acts.rename(name.trim());
          open(null);
        }}
        close={() => open(null)}
      >
        <TextInput
          label={t('Name')}
          value={name}
          maxLength={200}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Confirm>
    </>
  );
}

/** Somebody else saved while this one edits: said, and nothing is lost on either side. */
function Overtaken({ workflow, editing }: { workflow: Workflow; editing: Editing }) {
  const { t } = useTranslation('workflows');
  const [seen] = useState(workflow.version);
  const [own, setOwn] = useState(seen);
  const [before, setBefore] = useState(editing.isChanged);
  if (before !== editing.isChanged) {
    setBefore(editing.isChanged);
    if (editing.isChanged) setOwn(workflow.version);
  }
  if (!editing.isChanged || workflow.version === own) return null;
  return (
    <Notice mb="md" title={t('Version {{version}} was saved meanwhile', { version: workflow.version })}>
      {t('Saving yours makes the next version. Both stay under Versions.')}
    </Notice>
  );
}
