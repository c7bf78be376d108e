import { Button, Checkbox, Menu, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { MoreHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { tellDone, tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { useFormat } from '@/words/format';
import { keepCampaign } from '../live';
import { type Campaign, isUnderWay, reasonIn } from '../states';
import { useReport } from './use-report';

type Opened = 'cancel' | 'delete' | 'retry' | 'copy' | 'rename' | null;
const NO_CONTENT = 204;

/** What can be done with a campaign in its state. */
export function Actions({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const mayWork = useMay('agent');
  const navigate = useNavigate();
  const [dialog, open] = useState<Opened>(null);
  const { act, isBusy } = useCampaignAct();
  const path = { campaign_id: campaign.id };
  const { state, counts } = campaign;
  if (!mayWork) return null;
  const toWizard = (step: 'who' | 'check') =>
    void navigate({ to: '/campaigns/new', search: { campaign: campaign.id, step } });
  const close = () => open(null);
  return (
    <>
      {state === 'draft' && (
        <>
          <Button variant="default" onClick={() => toWizard('who')}>
            {t('Go on writing')}
          </Button>
          <Button disabled={counts.total === 0} onClick={() => toWizard('check')}>
            {t('Start')}
          </Button>
        </>
      )}
      {state === 'scheduled' && (
        <Button
          variant="default"
          loading={isBusy}
          onClick={() =>
            void act(() => api.POST('/api/campaigns/{campaign_id}/unschedule', { params: { path } }))
          }
        >
          {t('Unschedule')}
        </Button>
      )}
      {state === 'running' && (
        <Button
          loading={isBusy}
          onClick={() => void act(() => api.POST('/api/campaigns/{campaign_id}/pause', { params: { path } }))}
        >
          {t('Pause')}
        </Button>
      )}
      {state === 'paused' && (
        <Button
          loading={isBusy}
          onClick={() =>
            void act(() => api.POST('/api/campaigns/{campaign_id}/resume', { params: { path } }))
          }
        >
          {t('Resume')}
        </Button>
      )}
      {(isUnderWay(campaign) || state === 'scheduled') && (
        <Button variant="default" color="red" onClick={() => open('cancel')}>
          {t('Cancel')}
        </Button>
      )}
      {counts.failed > 0 && campaign.started_at && state !== 'cancelled' && (
        <Button variant="default" onClick={() => open('retry')}>
          {t('Try failed ones again')}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label={t('More')}>
            <MoreHorizontal size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => open('rename')}>{t('Rename')}</Menu.Item>
          <Menu.Item onClick={() => open('copy')}>{t('Copy into a new draft')}</Menu.Item>
          {state === 'draft' && (
            <Menu.Item color="red" onClick={() => open('delete')}>
              {t('Delete this draft')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'cancel' && <CancelDialog campaign={campaign} close={close} />}
      {dialog === 'delete' && <DeleteDialog campaign={campaign} close={close} />}
      {dialog === 'retry' && <RetryDialog campaign={campaign} close={close} />}
      {dialog === 'copy' && <CopyDialog campaign={campaign} close={close} />}
      {dialog === 'rename' && <RenameDialog campaign={campaign} close={close} />}
    </>
  );
}

/** Sends one request and puts its campaign where the pages look. After a refusal it is read anew: what is shown may be why. */
function useCampaignAct() {
  const { t } = useTranslation('campaigns');
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const act = async (asked: () => Promise<{ data?: Campaign }>): Promise<Campaign | null> => {
    setBusy(true);
    try {
      const { data } = await asked();
      if (data) keepCampaign(queries, data);
      return data ?? null;
    } catch (error) {
      const { code } = asProblem(error);
      const isPending = code === 'pause_pending' || code === 'cancel_pending';
      tellFailed(
        isPending
          ? new Error(
              t('Nothing new is handed over, but the sender has not confirmed. Press it again to be sure.'),
            )
          : error,
      );
      void queries.invalidateQueries({ queryKey: ['get', '/api/campaigns/{campaign_id}'] });
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { act, isBusy };
}

interface DialogProps {
  campaign: Campaign;
  close: () => void;
}

function Ask({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  return (
    <Dialog opened close={close} title={title}>
      <Stack gap="sm">{children}</Stack>
    </Dialog>
  );
}

function CancelDialog({ campaign, close }: DialogProps) {
  const { t } = useTranslation('campaigns');
  const { act, isBusy } = useCampaignAct();
  const open = campaign.counts.pending + campaign.counts.queued;
  const cancel = async () => {
    const path = { campaign_id: campaign.id };
    await act(() => api.POST('/api/campaigns/{campaign_id}/cancel', { params: { path } }));
    close();
  };
  return (
    <Ask title={t('End this campaign for good?')} close={close}>
      <Text size="sm">
        {t(
          '{{count, number}} recipients who have not got the text will not get it. Its workflow runs stop.',
          { count: open },
        )}
      </Text>
      <Button color="red" loading={isBusy} onClick={() => void cancel()}>
        {t('End it for good')}
      </Button>
      <Button variant="default" onClick={close}>
        {t('Let it go on')}
      </Button>
    </Ask>
  );
}

function DeleteDialog({ campaign, close }: DialogProps) {
  const { t } = useTranslation('campaigns');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    try {
      const { response } = await api.DELETE('/api/campaigns/{campaign_id}', {
        params: { path: { campaign_id: campaign.id } },
      });
      if (response.status === NO_CONTENT) tellDone(t('The draft is deleted'));
      await navigate({ to: '/campaigns' });
      await queries.invalidateQueries({ queryKey: ['get', '/api/campaigns'] });
    } catch (error) {
      tellFailed(error);
    }
  };
  return (
    <Ask title={t('Delete this draft?')} close={close}>
      <Text size="sm">
        {t('The draft and its {{count, number}} recipients are deleted. This cannot be undone.', {
          count: campaign.counts.total,
        })}
      </Text>
      <Button color="red" onClick={() => void remove()}>
        {t('Delete it')}
      </Button>
    </Ask>
  );
}

function RetryDialog({ campaign, close }: DialogProps) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const report = useReport(campaign);
  const { act, isBusy } = useCampaignAct();
  const failed = Object.entries(report.data?.outcome.failed ?? {});
  const [chosen, choose] = useState<string[] | null>(null);
  const reasons = chosen ?? failed.map(([code]) => code);
  const n = failed.filter(([code]) => reasons.includes(code)).reduce((sum, [, each]) => sum + each, 0);
  const retry = async () => {
    const path = { campaign_id: campaign.id };
    await act(() => api.POST('/api/campaigns/{campaign_id}/retry', { params: { path }, body: { reasons } }));
    close();
  };
  return (
    <Ask title={t('Text failed recipients once more')} close={close}>
      <Checkbox.Group label={t('Those that failed because of')} value={reasons} onChange={choose}>
        <Stack gap={6} mt="xs">
          {failed.map(([code, each]) => (
            <Checkbox key={code} value={code} label={`${reasonIn(t, code)} (${format.number(each)})`} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Button loading={isBusy} disabled={n === 0} onClick={() => void retry()}>
        {t('Text {{count, number}} recipients again', { count: n })}
      </Button>
    </Ask>
  );
}

function CopyDialog({ campaign, close }: DialogProps) {
  const { t } = useTranslation('campaigns');
  const navigate = useNavigate();
  const { act, isBusy } = useCampaignAct();
  const [name, setName] = useState(t('{{name}}, copy', { name: campaign.name }));
  const [recipients, setRecipients] = useState(false);
  const copy = async () => {
    const made = await act(() =>
      api.POST('/api/campaigns/{campaign_id}/copy', {
        params: { path: { campaign_id: campaign.id } },
        body: { recipients, name: name.trim() || null },
      }),
    );
    if (made) void navigate({ to: '/campaigns/new', search: { campaign: made.id, step: 'who' } });
  };
  return (
    <Ask title={t('Copy into a new draft')} close={close}>
      <TextInput
        label={t('Name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Checkbox
        label={t('With its {{count, number}} recipients', { count: campaign.counts.total })}
        checked={recipients}
        onChange={(event) => setRecipients(event.currentTarget.checked)}
      />
      <Button loading={isBusy} onClick={() => void copy()}>
        {t('Copy')}
      </Button>
    </Ask>
  );
}

function RenameDialog({ campaign, close }: DialogProps) {
  const { t } = useTranslation('campaigns');
  const { act, isBusy } = useCampaignAct();
  const [name, setName] = useState(campaign.name);
  const save = async () => {
    const done = await act(() =>
      api.PATCH('/api/campaigns/{campaign_id}', {
        params: { path: { campaign_id: campaign.id } },
        body: { name: name.trim() } as never,
      }),
    );
    if (done) close();
  };
  return (
    <Ask title={t('Rename')} close={close}>
      <TextInput
        label={t('Name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Button loading={isBusy} disabled={!name.trim()} onClick={() => void save()}>
        {t('Save')}
      </Button>
    </Ask>
  );
}
