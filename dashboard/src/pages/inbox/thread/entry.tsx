import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { type Entry, useColleagues } from '../data/queries';
import { changeWords, whoWords } from '../words';
import classes from './messages.module.css';
import { PlainText } from './text';

/** A note for colleagues, or one line saying who changed what. */
export function EntryLine({ entry }: { entry: Entry }) {
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  const colleagues = useColleagues();
  const format = useFormat();
  const who = whoWords(entry, colleagues, user_id, t);
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
}
