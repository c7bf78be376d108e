import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Notice } from '@/parts/notice';
import { Phone } from '@/parts/phone';
import { reasonIn } from '../states';
import { around } from './insert';
import type { usePreview } from './preview';
import classes from './wizard.module.css';

type Row = Schemas['campaigns__texts__schemas__PreviewOut']['items'][number];

/** The text as three real recipients read it, and the one that costs most. */
export function Readers({ text, preview }: { text: string; preview: ReturnType<typeof usePreview> }) {
  const { t } = useTranslation('campaigns');
  const { found } = preview;
  if (!text.trim() || !found)
    return (
      <section className={classes.card} aria-label={t('Preview')}>
        <Text size="sm" c="dimmed">
          {preview.problem || t('What your recipients read appears here as you write.')}
        </Text>
      </section>
    );
  const dearest = found.costliest;
  const isDearer = dearest && found.items.every((row) => row.parts < dearest.parts);
  return (
    <section className={classes.card} aria-label={t('Preview')} aria-busy={preview.isOld}>
      {found.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Add recipients to see what they read.')}
        </Text>
      )}
      {found.items.map((row) => (
        <Reader key={row.phone_number} row={row} />
      ))}
      {dearest && isDearer && (
        <Notice
          kind="attention"
          title={t('The costliest of {{count, number}} recipients', { count: found.looked_at })}
        >
          <Reader row={dearest} />
        </Notice>
      )}
      {dearest && !isDearer && (
        <Text size="xs" c="dimmed">
          {t('No text among {{count, number}} recipients takes more parts.', { count: found.looked_at })}
        </Text>
      )}
    </section>
  );
}

function Reader({ row }: { row: Row }) {
  const { t } = useTranslation('campaigns');
  const isSkipped = row.problems.length > 0;
  return (
    <div>
      <div className={classes.bubble} dir="auto">
        {around(row.text, row.forced_by).map(({ piece, isIt }, n) =>
          isIt ? <mark key={n}>{piece}</mark> : <span key={n}>{piece}</span>,
        )}
      </div>
      <p className={classes.meta} data-bad={isSkipped || undefined}>
        <Phone number={row.phone_number} /> · {t('{{count}} parts', { count: row.parts })} · {row.encoding}
        {row.forced_by && (
          <>
            {' '}
            {t('because of')} <span className={classes.forced}>{row.forced_by}</span>
          </>
        )}
        {row.problems.map((problem) => (
          <span key={problem.code}>
            <br />
            {t('Skipped:')} {reasonIn(t, problem.code)} ({problem.detail})
          </span>
        ))}
      </p>
    </div>
  );
}
