import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { type DragEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Notice } from '@/parts/notice';
import { Failure } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import type { Campaign } from '../states';
import { Fixes } from './fixes';
import { Mapping } from './mapping';
import type { Draft, Go } from './place';
import { type Import, upload } from './upload';
import classes from './wizard.module.css';

const LOOK_MS = 700;
const ONE = '/api/campaigns/{campaign_id}/imports/{import_id}';

interface FileProps {
  campaign: Campaign | undefined;
  draft: Draft;
  importId: string | undefined;
  go: Go;
}

/** A file goes up, is shown as it was read, is corrected, and only then added. */
export function FileSource({ campaign, draft, importId, go }: FileProps) {
  const queries = useQueryClient();
  const path = { campaign_id: campaign?.id ?? '', import_id: importId ?? '' };
  const found = $api.useQuery(
    'get',
    ONE,
    { params: { path } },
    {
      enabled: Boolean(campaign && importId),
      refetchInterval: (query) => (query.state.data?.state === 'running' ? LOOK_MS : false),
    },
  );
  const keep = (known: Import) =>
    queries.setQueryData(
      ['get', ONE, { params: { path: { campaign_id: known.campaign_id, import_id: known.id } } }],
      known,
    );
  const state = found.data?.state;
  const reread = useRef(draft.reread);
  reread.current = draft.reread;
  useEffect(() => {
    if (state === 'done' || state === 'cancelled') void reread.current();
  }, [state]);
  const taken = (known: Import) => {
    keep(known);
    go({ import: known.id });
  };
  if (importId && found.error) return <Failure error={found.error} retry={() => go({ import: undefined })} />;
  if (!importId || !found.data) return <Drop draft={draft} taken={taken} />;
  return <Looked known={found.data} keep={keep} again={() => go({ import: undefined })} />;
}

function Drop({ draft, taken }: { draft: Draft; taken: (known: Import) => void }) {
  const { t } = useTranslation('campaigns');
  const id = useId();
  const [isOver, setOver] = useState(false);
  const sending = useUpload(draft, taken);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) void sending.send(file);
  };
  return (
    <Stack gap="sm">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way to the file field inside */}
      <div
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <label htmlFor={id}>{t('Recipients file')}</label>
        <Text size="sm" c="dimmed" maw={460}>
          {t(
            'Drop it here as it is: CSV, TSV, text or Excel, up to 512 MB. You see how it is read before anything is added.',
          )}
        </Text>
        <input
          id={id}
          type="file"
          accept=".csv,.tsv,.txt,.xlsx,text/csv,text/plain"
          disabled={sending.isBusy}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file) void sending.send(file);
          }}
        />
      </div>
      {sending.isBusy && (
        <Group gap="sm" role="status">
          <Progress value={sending.share * 100} flex={1} aria-label={t('Upload')} animated />
          <Text size="sm">
            {sending.share < 1 ? t('Sending {{name}}', { name: sending.name }) : t('Reading the file')}
          </Text>
          <Button variant="default" onClick={sending.stop}>
            {t('Stop')}
          </Button>
        </Group>
      )}
      {sending.problem && (
        <Notice kind="danger" role="alert" title={t('This file cannot be used')}>
          {sending.problem}
        </Notice>
      )}
    </Stack>
  );
}

function useUpload(draft: Draft, taken: (known: Import) => void) {
  const [busy, setBusy] = useState<{ name: string; share: number } | null>(null);
  const [problem, setProblem] = useState('');
  const abort = useRef<AbortController | null>(null);
  const send = async (file: File) => {
    abort.current = new AbortController();
    setProblem('');
    setBusy({ name: file.name, share: 0 });
    try {
      const campaign = await draft.ensure();
      const progress = (share: number) => setBusy({ name: file.name, share });
      taken(await upload(campaign.id, file, progress, abort.current.signal));
    } catch (error) {
      setProblem(asProblem(error).detail);
    } finally {
      setBusy(null);
    }
  };
  return {
    send,
    stop: () => abort.current?.abort(),
    isBusy: busy !== null,
    name: busy?.name ?? '',
    share: busy?.share ?? 0,
    problem,
  };
}

interface LookedProps {
  known: Import;
  keep: (known: Import) => void;
  again: () => void;
}

function Looked({ known, keep, again }: LookedProps) {
  const { t } = useTranslation('campaigns');
  const me = useMe();
  const [isBusy, setBusy] = useState(false);
  const path = { campaign_id: known.campaign_id, import_id: known.id };
  const act = async (asked: () => Promise<{ data?: Import }>) => {
    setBusy(true);
    try {
      const { data } = await asked();
      if (data) keep(data);
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const revise = (changes: object) => act(() => api.PATCH(ONE, { params: { path }, body: changes as never }));
  const commit = () => act(() => api.POST(`${ONE}/commit`, { params: { path } }));
  const cancel = () => act(() => api.POST(`${ONE}/cancel`, { params: { path } }));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>{known.file_name}</Text>
        <Button variant="subtle" color="gray" onClick={again}>
          {t('Another file')}
        </Button>
      </Group>
      {known.state === 'preview' && (
        <>
          <Fixes known={known} region={me.tenant_region} revise={revise} isBusy={isBusy} />
          <Warnings known={known} />
          <Group>
            <Button
              onClick={() => void commit()}
              loading={isBusy}
              disabled={!Object.values(known.mapping).includes('phone_number')}
            >
              {known.sampled
                ? t('Add all rows of the file')
                : t('Add {{count, number}} recipients', { count: known.rows.accepted })}
            </Button>
            <Button variant="default" onClick={() => void cancel().then(again)} disabled={isBusy}>
              {t('Discard')}
            </Button>
          </Group>
          <Mapping known={known} revise={revise} isBusy={isBusy} />
        </>
      )}
      {known.state === 'running' && <Running known={known} cancel={() => void cancel()} />}
      {known.state === 'done' && <Done known={known} cancel={() => void cancel()} />}
      {known.state === 'cancelled' && (
        <Notice kind="quiet" title={t('The import was cancelled')}>
          {t('Its rows are not in the campaign.')}
        </Notice>
      )}
      {known.state === 'failed' && (
        <Notice kind="danger" role="alert" title={t('The import failed and added nothing')}>
          {known.error}
        </Notice>
      )}
    </Stack>
  );
}

function Warnings({ known }: { known: Import }) {
  const { t } = useTranslation('campaigns');
  const words: Record<string, string> = {
    no_phone_column: t('Choose the column that holds phone numbers.'),
    mapping_found: t('The columns are assigned as you chose for your last file of this kind.'),
  };
  return known.warnings.map((warning) => (
    <Notice key={warning.code} kind={warning.code === 'mapping_found' ? 'quiet' : 'attention'}>
      {words[warning.code] ?? warning.detail}
    </Notice>
  ));
}

function Running({ known, cancel }: { known: Import; cancel: () => void }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  return (
    <Group gap="sm" role="status" aria-label={t('Import')}>
      <Progress value={known.progress * 100} flex={1} aria-label={t('Import')} animated />
      <Text size="sm">
        {t('{{accepted}} added, {{left}} left out', {
          accepted: format.number(known.rows.accepted),
          left: format.number(known.rows.rejected + known.rows.duplicates),
        })}
      </Text>
      <Button variant="default" onClick={cancel}>
        {t('Cancel the import')}
      </Button>
    </Group>
  );
}

function Done({ known, cancel }: { known: Import; cancel: () => void }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { rows } = known;
  const left = rows.rejected + rows.duplicates;
  const rejected = `/api/campaigns/${known.campaign_id}/imports/${known.id}/rejected?format=csv`;
  return (
    <div className={classes.card}>
      <dl className={classes.figures}>
        <div>
          <dt>{t('rows read')}</dt>
          <dd>{format.number(rows.read)}</dd>
        </div>
        <div>
          <dt>{t('added')}</dt>
          <dd>{format.number(rows.accepted)}</dd>
        </div>
        <div>
          <dt>{t('cannot be texted')}</dt>
          <dd>{format.number(rows.rejected)}</dd>
        </div>
        <div>
          <dt>{t('already there')}</dt>
          <dd>{format.number(rows.duplicates)}</dd>
        </div>
      </dl>
      <Group mt="sm">
        {left > 0 && (
          <Button
            component="a"
            href={rejected}
            download
            variant="default"
            leftSection={<Download size={14} />}
          >
            {t('Download the rows left out')}
          </Button>
        )}
        <Button variant="subtle" color="red" onClick={cancel}>
          {t('Take these rows out again')}
        </Button>
      </Group>
    </div>
  );
}
