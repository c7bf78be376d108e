import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/words/format';
import classes from './progress.module.css';
import { aboutRecipientState, type Campaign, RECIPIENT_STATES, recipientState } from './states';

type Counts = Campaign['counts'];

/** Six colours that add up to all recipients. */
export function Bar({ counts, small }: { counts: Counts; small?: boolean }) {
  return (
    <div className={classes.bar} data-small={small || undefined} aria-hidden>
      {RECIPIENT_STATES.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} className={classes.piece} data-state={state} style={{ flexGrow: counts[state] }} />
      ))}
    </div>
  );
}

/** Recipients that are settled: nothing more happens to them by itself. */
export const settled = (counts: Counts) => counts.delivered + counts.failed + counts.skipped;

/** The bar with its words: what a screen reader hears and what everybody reads below. */
export function Progress({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const format = useFormat();
  const { counts } = campaign;
  const names = recipientState(t);
  const about = aboutRecipientState(t);
  const words = RECIPIENT_STATES.filter((state) => counts[state] > 0)
    .map((state) => `${names[state]} ${format.number(counts[state])}`)
    .join(', ');
  return (
    <section role="status" aria-label={t('Progress')} aria-live="off" className={classes.progress}>
      <div
        role="progressbar"
        aria-label={t('Settled recipients')}
        aria-valuemin={0}
        aria-valuemax={counts.total}
        aria-valuenow={settled(counts)}
        aria-valuetext={t('{{done}} of {{total}} recipients are settled. {{words}}', {
          done: format.number(settled(counts)),
          total: format.number(counts.total),
          words,
        })}
      >
        <Bar counts={counts} />
      </div>
      <ul className={classes.legend}>
        {RECIPIENT_STATES.map((state) => (
          <Tooltip key={state} label={about[state]}>
            <li data-none={counts[state] === 0 || undefined}>
              <span className={classes.dot} data-state={state} aria-hidden />
              <span>{names[state]}</span> <strong>{format.number(counts[state])}</strong>
            </li>
          </Tooltip>
        ))}
        <li className={classes.total}>
          <span>{t('Total')}</span> <strong>{format.number(counts.total)}</strong>
        </li>
      </ul>
    </section>
  );
}
