import {
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { RepeatKey } from '@/api/repeat';
import { Notice } from '@/parts/notice';
import { tellDone, tellFailed } from '@/parts/told';
import { Unsaved } from '@/parts/unsaved';
import { useMe } from '@/session/me';
import { phone } from '@/words/phone';
import { type Campaign, reasonIn, rowsOf } from '../states';
import { Foot } from './foot';
import { insertVariable } from './insert';
import type { Draft, Go } from './place';
import { usePreview } from './preview';
import { Readers } from './readers';
import classes from './wizard.module.css';

const SAVE_MS = 800;
/** Rows whose columns are offered. Another number than the list of recipients reads: the cache names both alike. */
const LOOKED_AT = 100;

interface WhatProps {
  campaign: Campaign;
  draft: Draft;
  go: Go;
}

/** The text on the left, what three real recipients read on the right. */
export function What({ campaign, draft, go }: WhatProps) {
  const { t } = useTranslation('campaigns');
  const [text, setText] = useState(campaign.text ?? '');
  const [saving, setSaving] = useState<'saved' | 'saving' | 'unsaved'>('saved');
  const save = async (wanted: string): Promise<boolean> => {
    setSaving('saving');
    try {
      await draft.patch({ text: wanted });
      setSaving('saved');
      return true;
    } catch (error) {
      // A text in the middle of `{na` cannot be saved yet; the preview says what is wrong with it.
      if (asProblem(error).code !== 'invalid_text') tellFailed(error);
      setSaving('unsaved');
      return false;
    }
  };
  const saveSoon = useDebouncedCallback((wanted: string) => void save(wanted), {
    delay: SAVE_MS,
    flushOnUnmount: true,
  });
  const write = (wanted: string) => {
    setText(wanted);
    setSaving('unsaved');
    saveSoon(wanted);
  };
  const preview = usePreview(campaign, text);
  const missing =
    !text.trim() && !campaign.workflow_id ? t('Write a text, or choose a workflow that sends.') : '';
  return (
    <>
      {/* A text with a fault cannot be saved; any other one is by itself. */}
      <Unsaved when={saving === 'unsaved' && Boolean(preview.problem)} alsoTabs />
      <div className={classes.two}>
        <Stack gap="md">
          <Writing campaign={campaign} text={text} write={write} problem={preview.problem} saving={saving} />
          <Reminders preview={preview.found} />
          <Wording preview={preview.found} take={write} />
          <HowSent campaign={campaign} draft={draft} />
          <TestSend
            campaign={campaign}
            before={() => save(text)}
            canSend={Boolean(text.trim()) && !preview.problem}
          />
        </Stack>
        <Readers text={text} preview={preview} />
      </div>
      <Foot
        back={() => go({ step: 'who' })}
        missing={missing || (preview.problem ? t('Correct the text first.') : '')}
        busy={saving === 'saving'}
        next={() => {
          void save(text).then((ok) => ok && go({ step: 'forecast' }));
        }}
      />
    </>
  );
}

interface WritingProps {
  campaign: Campaign;
  text: string;
  write: (text: string) => void;
  problem: string;
  saving: 'saved' | 'saving' | 'unsaved';
}

function Writing({ campaign, text, write, problem, saving }: WritingProps) {
  const { t } = useTranslation('campaigns');
  const field = useRef<HTMLTextAreaElement>(null);
  const variables = useVariables(campaign);
  const put = (name: string) => {
    const at = field.current;
    const made = insertVariable(
      text,
      at?.selectionStart ?? text.length,
      at?.selectionEnd ?? text.length,
      name,
    );
    write(made.text);
    requestAnimationFrame(() => {
      at?.focus();
      at?.setSelectionRange(made.cursor, made.cursor);
    });
  };
  return (
    <div>
      <Textarea
        ref={field}
        label={t('Text')}
        description={
          campaign.workflow_id
            ? t('The first text of every recipient. Leave it empty if the workflow does all sending.')
            : t('{name|there} is the name, or “there” for those without one.')
        }
        autosize
        minRows={5}
        maxRows={14}
        value={text}
        maxLength={5000}
        error={problem || undefined}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Group gap={6} mt={6} role="group" aria-label={t('Put a variable into the text')}>
        {variables.map((name) => (
          <Button key={name} size="compact-xs" variant="default" onClick={() => put(name)}>
            {`{${name}}`}
          </Button>
        ))}
        <Text size="xs" c="dimmed" ml="auto" role="status">
          {saving === 'saved' ? t('Saved') : saving === 'saving' ? t('Saving') : t('Not saved yet')}
        </Text>
      </Group>
    </div>
  );
}

/** What recipients have: the usual names first, then every column of the list. */
function useVariables(campaign: Campaign): string[] {
  const first = $api.useQuery('get', '/api/campaigns/{campaign_id}/recipients', {
    params: { path: { campaign_id: campaign.id }, query: { limit: LOOKED_AT } },
  });
  const rows = rowsOf(first.data);
  const own = rows.flatMap((row) => Object.keys(row.fields));
  const usual = ['first_name', 'name', ...(rows.some((row) => row.company) ? ['company'] : [])];
  return [...new Set([...usual, ...own])].slice(0, 24);
}

type Preview = ReturnType<typeof usePreview>['found'];

function Reminders({ preview }: { preview: Preview }) {
  const { t } = useTranslation('campaigns');
  const me = useMe();
  const words: Record<string, string> = {
    no_sender: t('The text does not say who writes. Name yourself, for example “{{name}}”.', {
      name: me.tenant_name,
    }),
    no_way_to_stop: t('The text does not say how to stop. For example: “Reply STOP to stop.”'),
  };
  const unknown = preview?.variables.filter((variable) => !variable.known && variable.default === null) ?? [];
  return (
    <>
      {preview?.reminders.map((reminder) => (
        <Notice key={reminder.code} kind="attention">
          {words[reminder.code] ?? reminder.detail}
        </Notice>
      ))}
      {unknown.map((variable) => (
        <Notice key={variable.name} kind="danger">
          {t('No recipient has a value for {{variable}}. Is it misspelled?', {
            variable: `{${variable.name}}`,
          })}
        </Notice>
      ))}
    </>
  );
}

/** A plain spelling of the same words, which fits more than twice as many characters into a part. */
function Wording({ preview, take }: { preview: Preview; take: (text: string) => void }) {
  const { t } = useTranslation('campaigns');
  const wording = preview?.wording;
  if (!wording) return null;
  return (
    <Notice kind="attention" title={t('Some characters make the text dearer')}>
      <Text size="sm">
        {t('One character outside of the usual SMS alphabet leaves 70 characters for a part instead of 160.')}
      </Text>
      {wording.replaced.length > 0 && (
        <Text size="sm" mt={4}>
          {t('Plain spellings:')}{' '}
          {wording.replaced.map((each) => (
            <span key={each.character}>
              <span className={classes.forced}>{each.character}</span> →{' '}
              <code>{each.by || t('nothing')}</code>{' '}
            </span>
          ))}
        </Text>
      )}
      {wording.left.length > 0 && (
        <Text size="sm" mt={4}>
          {t('Without a plain spelling:')}{' '}
          {wording.left.map((each) => (
            <span key={each.character} className={classes.forced} title={each.name}>
              {each.character}
            </span>
          ))}
        </Text>
      )}
      {wording.replaced.length > 0 && (
        <Button mt="xs" variant="default" onClick={() => take(wording.text)}>
          {t('Take the plain spelling')}
        </Button>
      )}
    </Notice>
  );
}

const HOURS = Array.from({ length: 25 }, (_, hour) => hour);
const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

function HowSent({ campaign, draft }: { campaign: Campaign; draft: Draft }) {
  const { t } = useTranslation('campaigns');
  const me = useMe();
  const numbers = $api.useQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/numbers',
    { params: { path: { tenant_id: me.tenant_id } } },
    { retry: false },
  );
  const workflows = $api.useQuery('get', '/api/workflows', {
    params: { query: { state: 'active', limit: 200 } },
  });
  const patch = (changes: object) => draft.patch(changes).catch(tellFailed);
  const hours = campaign.send_window;
  const change = (opens: number, closes: number) => patch({ send_window: { opens, closes } });
  const fitting = (workflows.data?.items ?? []).filter(
    (one) => one.trigger?.type === 'campaign' || one.id === campaign.workflow_id,
  );
  return (
    <Stack gap="sm" className={classes.card}>
      <MultiSelect
        label={t('From')}
        description={t('None chosen: all your numbers share the work.')}
        data={(numbers.data?.items ?? [])
          .filter((one) => one.active)
          .map((one) => ({
            value: one.phone_number,
            label: [one.label, phone(one.phone_number)].filter(Boolean).join(' '),
          }))}
        value={campaign.from_numbers}
        onChange={(from_numbers) => void patch({ from_numbers })}
        clearable
      />
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label={t('Hours')}
          value={hours ? 'own' : 'all'}
          onChange={(event) =>
            void patch({ send_window: event.currentTarget.value === 'own' ? { opens: 9, closes: 18 } : null })
          }
          data={[
            { value: 'all', label: t('As in the settings') },
            { value: 'own', label: t('Narrower, for this campaign') },
          ]}
        />
        {hours && (
          <>
            <NativeSelect
              label={t('Opens')}
              value={String(hours.opens)}
              onChange={(event) => {
                const opens = Number(event.currentTarget.value);
                void change(opens, Math.max(hours.closes, opens + 1));
              }}
              data={HOURS.slice(0, 24).map((hour) => ({ value: String(hour), label: clock(hour) }))}
            />
            <NativeSelect
              label={t('Closes')}
              value={String(hours.closes)}
              onChange={(event) => {
                const closes = Number(event.currentTarget.value);
                void change(Math.min(hours.opens, closes - 1), closes);
              }}
              data={HOURS.slice(1).map((hour) => ({ value: String(hour), label: clock(hour) }))}
            />
          </>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {t('Hours are those of the recipient’s own clock.')}
      </Text>
      <Select
        label={t('What happens after it')}
        placeholder={t('Nothing more: replies come to the inbox')}
        description={
          fitting.length === 0 ? t('Active workflows that a campaign starts appear here.') : undefined
        }
        data={fitting.map((one) => ({ value: one.id, label: one.name }))}
        value={campaign.workflow_id}
        onChange={(workflow_id) => void patch({ workflow_id })}
        clearable
        searchable
      />
    </Stack>
  );
}

interface TestProps {
  campaign: Campaign;
  before: () => Promise<boolean>;
  canSend: boolean;
}

function TestSend({ campaign, before, canSend }: TestProps) {
  const { t } = useTranslation('campaigns');
  const [number, setNumber] = useState('');
  const [key] = useState(() => new RepeatKey());
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      if (!(await before())) return;
      const { data } = await api.POST('/api/campaigns/{campaign_id}/test', {
        params: { path: { campaign_id: campaign.id } },
        body: { phone_number: number },
        headers: { 'Idempotency-Key': key.of({ number, text: campaign.text }) },
      });
      key.done();
      if (data)
        tellDone(
          t('On its way from {{number}}, in {{count}} parts', { number: data.number, count: data.parts }),
        );
    } catch (error) {
      const problem = asProblem(error);
      tellFailed(problem.detail ? problem : new Error(reasonIn(t, problem.code)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group gap="sm" align="flex-end" className={classes.card}>
      <TextInput
        type="tel"
        label={t('Send it to yourself')}
        description={t('One real text. It costs what every text costs.')}
        placeholder="+1 312 555 0123"
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
        flex={1}
      />
      <Button
        variant="default"
        loading={isBusy}
        disabled={!number.trim() || !canSend}
        onClick={() => void send()}
      >
        {t('Send a test')}
      </Button>
    </Group>
  );
}
