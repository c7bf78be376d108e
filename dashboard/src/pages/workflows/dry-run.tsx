import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Notice } from '@/parts/notice';
import { useFormat } from '@/words/format';
import { type Definition, walk } from './model/definition';
import { deadEndIn, type DryRun as Result, type Workflow } from './words';
import classes from './workflows.module.css';

const NANO = 1_000_000_000;
const MINUTE = 60;

interface DryRunProps {
  workflow: Workflow;
  definition: Definition;
  result: Result | null;
  show: (result: Result | null) => void;
  /** Saves unsaved changes first: a dry run walks what is saved. False: it could not be saved. */
  prepare: () => Promise<boolean>;
  close: () => void;
}

interface Reply {
  key: number;
  to_step: string;
  minutes: number;
  text: string;
}

/** Everybody through the workflow in virtual time, with the replies of a script. Nothing is sent. */
export function DryRun({ workflow, definition, result, show, prepare, close }: DryRunProps) {
  const { t } = useTranslation('workflows');
  const asked = useAsked(definition);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const run = async () => {
    setBusy(true);
    setProblem('');
    try {
      if (!(await prepare())) return;
      const { data } = await api.POST('/api/workflows/{workflow_id}/dry-run', {
        params: { path: { workflow_id: workflow.id } },
        body: asked.body() as never,
      });
      show(data ?? null);
    } catch (error) {
      setProblem(asProblem(error).detail);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Text fw={600} component="h2" size="md" m={0}>
        {t('Dry run')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('Walks people through it in virtual time, by the rules of real runs. Nothing is sent.')}
      </Text>
      <People asked={asked} />
      <Replies asked={asked} definition={definition} />
      {problem && (
        <Notice kind="danger" role="alert">
          {problem}
        </Notice>
      )}
      <Group gap="xs">
        <Button loading={isBusy} disabled={!asked.isReady} onClick={() => void run()}>
          {t('Run it dry')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            show(null);
            close();
          }}
        >
          {t('Close')}
        </Button>
      </Group>
      {result && <Figures result={result} />}
    </Stack>
  );
}

/** Who walks, and what they reply. */
function useAsked(definition: Definition) {
  const [who, setWho] = useState<'typed' | 'campaign'>('typed');
  const [campaign, setCampaign] = useState('');
  const [numbers, setNumbers] = useState('+13125550123, Ana');
  const firstWait = walk(definition).find(({ step }) => step.type === 'wait_for_reply')?.step.id ?? '';
  const [replies, setReplies] = useState<Reply[]>(
    firstWait ? [{ key: 0, to_step: firstWait, minutes: 5, text: 'Yes' }] : [],
  );
  const people = numbers
    .split('\n')
    .map((line) => line.split(/[,;]/).map((part) => part.trim()))
    .filter(([number]) => number);
  const body = () => ({
    ...(who === 'campaign'
      ? { campaign_id: campaign }
      : { recipients: people.map(([phone_number, name = '']) => ({ phone_number, name })) }),
    replies: replies
      .filter((reply) => reply.to_step && reply.text)
      .map(({ to_step, minutes, text }) => ({ to_step, after_seconds: minutes * MINUTE, text })),
  });
  const isReady = who === 'campaign' ? campaign !== '' : people.length > 0;
  return { who, setWho, campaign, setCampaign, numbers, setNumbers, replies, setReplies, body, isReady };
}

type Asked = ReturnType<typeof useAsked>;

function People({ asked }: { asked: Asked }) {
  const { t } = useTranslation('workflows');
  const campaigns = $api.useQuery(
    'get',
    '/api/campaigns',
    { params: { query: { limit: 200 } } },
    { enabled: asked.who === 'campaign' },
  );
  const some = (campaigns.data?.items ?? []).filter((one) => one.counts.total > 0);
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t('Who walks through it')}
        value={asked.who}
        onChange={(who) => asked.setWho(who as Asked['who'])}
        data={[
          { value: 'typed', label: t('These people') },
          { value: 'campaign', label: t('A campaign’s list') },
        ]}
      />
      {asked.who === 'typed' ? (
        <Textarea
          label={t('One number per line, a name behind a comma')}
          autosize
          minRows={2}
          maxRows={6}
          value={asked.numbers}
          onChange={(event) => asked.setNumbers(event.currentTarget.value)}
        />
      ) : (
        <NativeSelect
          label={t('Campaign')}
          value={asked.campaign}
          onChange={(event) => asked.setCampaign(event.currentTarget.value)}
          data={[
            { value: '', label: t('Choose a campaign') },
            ...some.map((one) => ({ value: one.id, label: `${one.name} (${one.counts.total})` })),
          ]}
        />
      )}
    </>
  );
}

function Replies({ asked, definition }: { asked: Asked; definition: Definition }) {
  const { t } = useTranslation('workflows');
  const waits = walk(definition)
    .map(({ step }) => step)
    .filter((step) => step.type === 'wait_for_reply' || step.type === 'send_message')
    .map((step) => step.id);
  const set = (key: number, changed: Partial<Reply>) =>
    asked.setReplies(asked.replies.map((reply) => (reply.key === key ? { ...reply, ...changed } : reply)));
  const add = () =>
    asked.setReplies([...asked.replies, { key: Date.now(), to_step: waits[0] ?? '', minutes: 5, text: '' }]);
  return (
    <fieldset className={classes.replies}>
      <legend>{t('They reply')}</legend>
      {asked.replies.length === 0 && (
        <Text size="xs" c="dimmed">
          {t('Nobody replies.')}
        </Text>
      )}
      {asked.replies.map((reply) => (
        <Group key={reply.key} gap={6} wrap="nowrap" align="flex-end">
          <NativeSelect
            size="xs"
            label={t('to')}
            value={reply.to_step}
            onChange={(event) => set(reply.key, { to_step: event.currentTarget.value })}
            data={waits}
          />
          <NumberInput
            size="xs"
            w={76}
            label={t('minutes')}
            min={0}
            value={reply.minutes}
            onChange={(minutes) => set(reply.key, { minutes: Number(minutes) })}
          />
          <TextInput
            size="xs"
            flex={1}
            label={t('text')}
            value={reply.text}
            onChange={(event) => set(reply.key, { text: event.currentTarget.value })}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-label={t('Remove this reply')}
            onClick={() => asked.setReplies(asked.replies.filter((one) => one.key !== reply.key))}
          >
            <X size={14} />
          </Button>
        </Group>
      ))}
      {waits.length > 0 && (
        <Button size="compact-xs" variant="default" mt={6} leftSection={<Plus size={12} />} onClick={add}>
          {t('Another reply')}
        </Button>
      )}
    </fieldset>
  );
}

function Figures({ result }: { result: Result }) {
  const { t } = useTranslation('workflows');
  const format = useFormat();
  const { cost } = result;
  const low = format.money(cost.low / NANO, cost.currency);
  const high = format.money(cost.high / NANO, cost.currency);
  return (
    <section aria-label={t('Result of the dry run')} role="status">
      <dl className={classes.figures}>
        <dt>{t('People')}</dt>
        <dd>{format.number(result.recipients)}</dd>
        <dt>{t('Texts')}</dt>
        <dd>
          {t('{{sends}} in {{parts}} parts', {
            sends: format.number(result.sends),
            parts: format.number(result.parts),
          })}
        </dd>
        <dt>{t('Cost')}</dt>
        <dd>{low === high ? low : `${low} – ${high}`}</dd>
        <dt>{t('In quiet hours')}</dt>
        <dd>{t('{{count, number}} texts wait', { count: result.in_quiet_hours })}</dd>
        <dt>{t('Never taken')}</dt>
        <dd>
          {result.never_taken.length > 0
            ? result.never_taken.join(', ')
            : t('nothing: every step was reached')}
        </dd>
      </dl>
      {result.dead_ends.length > 0 && (
        <Notice title={t('Dead ends')}>
          {result.dead_ends.map((each) => (
            <div key={`${each.step} ${each.reason}`}>
              <code>{each.step}</code>: {deadEndIn(t, each.reason)} ({format.number(each.n)})
            </div>
          ))}
        </Notice>
      )}
    </section>
  );
}
