import { Button, Group, NativeSelect, Stack, Text, TextInput, Timeline } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { RepeatKey } from '@/api/repeat';
import { useAgainWhenMoved } from '@/live/again';
import { Moment } from '@/parts/moment';
import { byCursor, More } from '@/parts/more';
import { Phone } from '@/parts/phone';
import { SideDialog } from '@/parts/side-dialog';
import { StackingTable } from '@/parts/stacking-table';
import { Empty, Failure, Loading } from '@/parts/states';
import { tellDone, tellFailed } from '@/parts/told';
import { useMay } from '@/session/me';
import { happenedIn, type Run, type RunState, runStateName, type Workflow } from './words';
import classes from './workflows.module.css';

const LIST = '/api/workflows/{workflow_id}/runs';
const ONE = '/api/workflows/runs/{run_id}';
const STATES = ['waiting', 'running', 'finished', 'stopped', 'failed'] as const;

interface RunsProps {
  workflow: Workflow;
  chosen: string | undefined;
  choose: (id: string | undefined) => void;
}

/** The same address also answers with CSV, as text. */
const rowsOf = (page: Schemas['Listing_RunOut_'] | string): Run[] =>
  typeof page === 'object' ? page.items : [];

export function Runs({ workflow, chosen, choose }: RunsProps) {
  const { t } = useTranslation('workflows');
  const [state, setState] = useState<RunState | ''>('');
  const found = $api.useInfiniteQuery(
    'get',
    LIST,
    { params: { path: { workflow_id: workflow.id }, query: { limit: 50, ...(state && { state }) } } },
    {
      ...byCursor,
      getNextPageParam: (page) => (typeof page === 'object' && page.next_cursor) || undefined,
    },
  );
  useAgainWhenMoved(workflow.revision, found.refetch);
  const runs = found.data?.pages.flatMap(rowsOf) ?? [];
  const names = runStateName(t);
  return (
    <>
      <Group mb="md" align="flex-end" gap="sm">
        <NativeSelect
          size="xs"
          label={t('State')}
          value={state}
          onChange={(event) => setState(event.currentTarget.value as RunState | '')}
          data={[
            { value: '', label: t('All') },
            ...STATES.map((one) => ({ value: one, label: `${names[one]} (${workflow.counts[one] ?? 0})` })),
          ]}
        />
        <StartRun workflow={workflow} choose={choose} />
        <Button
          component="a"
          download
          href={`/api/workflows/${workflow.id}/runs?format=csv${state && `&state=${state}`}`}
          variant="default"
          ml="auto"
          leftSection={<Download size={14} />}
        >
          {t('Export as CSV')}
        </Button>
      </Group>
      {found.error && !found.data && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isLoading && <Loading />}
      {found.data && runs.length === 0 && (
        <Empty title={t('No runs')}>
          {workflow.state === 'active'
            ? t('A run is one person on the way through the workflow. They appear here as they start.')
            : t('Activate the workflow, and its trigger starts runs.')}
        </Empty>
      )}
      {runs.length > 0 && <List runs={runs} choose={choose} />}
      <More of={found} />
      <SideDialog opened={Boolean(chosen)} close={() => choose(undefined)} title={t('One run')}>
        {chosen && <OneRun id={chosen} workflow={workflow} />}
      </SideDialog>
    </>
  );
}

function List({ runs, choose }: { runs: Run[]; choose: (id: string) => void }) {
  const { t } = useTranslation('workflows');
  return (
    <StackingTable
      label={t('Runs')}
      rows={runs}
      keyOf={(run) => run.id}
      columns={[
        {
          name: t('Person'),
          of: (run) => (
            <>
              <button type="button" className={classes.link} onClick={() => choose(run.id)}>
                {run.recipient.name || <Phone number={run.recipient.phone_number} />}
              </button>
              {run.recipient.name && (
                <Text size="xs" c="dimmed">
                  <Phone number={run.recipient.phone_number} />
                </Text>
              )}
            </>
          ),
        },
        {
          name: t('State'),
          of: (run) => (
            <div>
              {runStateName(t)[run.state]}
              {run.reason && (
                <Text size="xs" c="dimmed">
                  {run.reason.replaceAll('_', ' ')}
                </Text>
              )}
            </div>
          ),
        },
        { name: t('Step'), of: (run) => (run.step ? <code>{run.step}</code> : '–') },
        { name: t('Started'), of: (run) => <Moment at={run.started_at} /> },
        { name: t('Next'), of: (run) => (run.due_at ? <Moment at={run.due_at} long /> : '–') },
      ]}
    />
  );
}

function StartRun({ workflow, choose }: { workflow: Workflow; choose: (id: string) => void }) {
  const { t } = useTranslation('workflows');
  const mayWork = useMay('agent');
  const queries = useQueryClient();
  const [number, setNumber] = useState('');
  const [key] = useState(() => new RepeatKey());
  const [isBusy, setBusy] = useState(false);
  if (!mayWork || workflow.state !== 'active') return null;
  const start = async () => {
    setBusy(true);
    try {
      const { data } = await api.POST(LIST, {
        params: { path: { workflow_id: workflow.id } },
        body: { phone_number: number } as never,
        headers: { 'Idempotency-Key': key.of({ number, workflow: workflow.id }) },
      });
      key.done();
      setNumber('');
      await queries.invalidateQueries({ queryKey: ['get', LIST] });
      if (data) choose(data.id);
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.inline}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <TextInput
        size="xs"
        type="tel"
        label={t('Start a run for')}
        placeholder="+1 312 555 0123"
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={isBusy} disabled={!number.trim()}>
        {t('Start a run')}
      </Button>
    </form>
  );
}

function OneRun({ id, workflow }: { id: string; workflow: Workflow }) {
  const { t } = useTranslation('workflows');
  const found = $api.useQuery('get', ONE, { params: { path: { run_id: id } } });
  useAgainWhenMoved(workflow.revision, found.refetch);
  if (found.error && !found.data) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const run = found.data;
  const saved = Object.entries(run.saved);
  return (
    <Stack gap="md">
      <div>
        <Text fw={600}>{run.recipient.name || <Phone number={run.recipient.phone_number} />}</Text>
        <Text size="sm" c="dimmed">
          {runStateName(t)[run.state]} · {t('version {{version}}', { version: run.version })} ·{' '}
          <Phone number={run.recipient.phone_number} />
        </Text>
      </div>
      <RunActions run={run} />
      {saved.length > 0 && (
        <dl className={classes.figures}>
          {saved.map(([name, value]) => (
            <Answer key={name} name={name} value={String(value)} />
          ))}
        </dl>
      )}
      <Timeline bulletSize={10} lineWidth={2} active={run.history.length}>
        {run.history.map((line, n) => (
          <Timeline.Item key={`${line.at} ${n.toString()}`} title={happenedIn(t, line.what)}>
            <Text size="xs" c="dimmed">
              <code>{line.step}</code> · <Moment at={line.at} long />
            </Text>
            {line.detail && (
              <Text size="xs" dir="auto">
                {line.detail}
              </Text>
            )}
          </Timeline.Item>
        ))}
      </Timeline>
    </Stack>
  );
}

const Answer = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd dir="auto">{value}</dd>
  </>
);

function RunActions({ run }: { run: Run }) {
  const { t } = useTranslation('workflows');
  const mayWork = useMay('agent');
  const queries = useQueryClient();
  const isOver = run.state === 'finished' || run.state === 'stopped';
  if (!mayWork || isOver) return null;
  const act = async (asked: Promise<{ data?: Run }>, done: string) => {
    try {
      await asked;
      tellDone(done);
      await queries.invalidateQueries({ queryKey: ['get', ONE] });
      await queries.invalidateQueries({ queryKey: ['get', LIST] });
    } catch (error) {
      tellFailed(error);
    }
  };
  const params = { path: { run_id: run.id } };
  return (
    <Group gap="xs">
      {run.state !== 'failed' && (
        <Button
          variant="default"
          color="red"
          onClick={() => void act(api.POST(`${ONE}/stop`, { params }), t('The run is stopped'))}
        >
          {t('Stop this run')}
        </Button>
      )}
      <Button
        variant="default"
        onClick={() => void act(api.POST(`${ONE}/skip`, { params }), t('The run moved on'))}
      >
        {t('Move on past this step')}
      </Button>
    </Group>
  );
}
