import type { TFunction } from 'i18next';
import { memo } from 'react';
import type { DayNames } from '@/words/days';
import type { Format } from '@/words/format';
import type { Colleague, Entry } from '../data/queries';
import { changeWords, whoWords } from '../words';
import classes from './messages.module.css';
import { PlainText } from './text';

/** What is the same for all lines of a thread. */
export interface Desk {
  t: TFunction<'inbox'>;
  format: Format;
  dayNames: DayNames;
  colleagues: Colleague[];
  userId: string | null;
}

/** A note for colleagues, or one line saying who changed what. */
export const EntryLine = memo(function EntryLine({ entry, desk }: { entry: Entry; desk: Desk }) {
  const { t, format, colleagues, userId } = desk;
  const who = whoWords(entry, colleagues, userId, t);
  if (entry.kind === 'note')
    return (
      <article className={classes.note} aria-label={t('Note by {{who}}', { who })}>
        <div className={classes.noteHead}>
          {t('Note')} · {who} · <time dateTime={entry.at}>{format.time(entry.at)}</time>
        </div>
        <PlainText text={entry.summary} />
      </article>
    );
  return (
    <div className={classes.change} title={`${entry.summary} · ${format.full(entry.at)}`}>
      {changeWords(entry, who, t)} · <time dateTime={entry.at}>{format.time(entry.at)}</time>
    </div>
  );
});
