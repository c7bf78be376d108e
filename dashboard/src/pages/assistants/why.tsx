import { Alert, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { useFormat } from '@/words/format';
import classes from './assistants.module.css';
import type { Trial } from './playground';

/** How an answer of the playground came about: what it was made from, what checked it, and what it cost. */
export function Why({ trial }: { trial: Trial | null }) {
  const { t } = useTranslation('assistants');
  return (
    <Section title={t('Why')}>
      {trial ? (
        <Reasons trial={trial} />
      ) : (
        <Text size="sm" c="dimmed">
          {t(
            'Ask something, and here stands how the answer came about: the passages, the guide, the checks, and the cost.',
          )}
        </Text>
      )}
    </Section>
  );
}

function Reasons({ trial }: { trial: Trial }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const { why, usage } = trial;
  const facts: [string, ReactNode][] = [
    [t('Reason'), trial.reason],
    [t('Assistant'), why && `${why.assistant_name}, ${t('Version {{version}}', { version: why.version })}`],
    [t('Guide'), why && (why.guide_name ? `${why.guide_name}: ${why.guide_rule}` : t('none'))],
    [t('What they want'), why?.intent],
    [t('Checks'), why && (why.guards.length ? why.guards.join('; ') : t('none changed it or held it'))],
    [t('Would be done'), trial.acts.map(actOf).join('; ')],
    [t('Length'), t('{{count}} parts', { count: trial.parts })],
    [t('Model'), trial.model],
    [
      t('Tokens'),
      t('{{prompt}} in, {{cached}} of a cache, {{completion}} out', {
        prompt: format.number(usage.tokens_prompt),
        cached: format.number(usage.tokens_cached),
        completion: format.number(usage.tokens_completion),
      }),
    ],
    [t('Cost'), <Cost key="cost" runId={trial.run_id} />],
  ];
  return (
    <>
      {trial.ungrounded.length > 0 && (
        <Alert color="red" variant="light" mb="sm" title={t('Without a source: it would wait for a person')}>
          {trial.ungrounded.map(({ words }) => `“${words}”`).join(', ')}
        </Alert>
      )}
      <dl className={rowStyles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </Fragment>
          ))}
      </dl>
      <Text component="h3" size="sm" fw={600} mt="md">
        {t('Passages it was given')}
      </Text>
      {why?.passages.length ? (
        why.passages.map((passage) => (
          <blockquote key={`${passage.knowledge_id} ${passage.text}`} className={classes.passage} dir="auto">
            <b>{passage.title}</b>
            {'\n'}
            {passage.text}
          </blockquote>
        ))
      ) : (
        <Text size="sm" c="dimmed">
          {t('None; it had the facts of its instructions only.')}
        </Text>
      )}
    </>
  );
}

function actOf(act: Trial['acts'][number]): string {
  return [act.kind, act.name, act.value, act.text].filter(Boolean).join(' ');
}

const TRIES = 5;
const EVERY_MS = 1200;

/** What the answer cost, by the ledger: it is booked a moment after the answer. */
function Cost({ runId }: { runId: string }) {
  const { t } = useTranslation('assistants');
  const format = useFormat();
  const read = $api.useQuery(
    'get',
    '/api/accounts/usage/entries',
    { params: { query: { run_id: runId } } },
    {
      staleTime: 0,
      refetchInterval: (query) =>
        query.state.dataUpdateCount < TRIES &&
        !(query.state.data as { items?: unknown[] } | undefined)?.items?.length
          ? EVERY_MS
          : false,
    },
  );
  const entries = read.data && typeof read.data === 'object' ? read.data.items : [];
  if (entries.length === 0) return read.isError ? t('unknown') : t('is being booked …');
  if (entries.every(({ unpriced }) => unpriced)) return t('no price is set for this model');
  const nano = entries.reduce((sum, entry) => sum + entry.amount_nano, 0);
  return format.money(nano / 1e9, entries[0]?.currency ?? 'USD');
}
