import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { useHasDraft } from '../data/kept';
import type { Listed } from '../data/queries';
import { Initials } from '../parts/initials';
import { authorWords, nameOf, rowReason, statusWords } from '../words';
import classes from './row.module.css';

interface RowProps {
  row: Listed;
  isOpen: boolean;
  isChosen: boolean;
  toggle: ((id: string) => void) | undefined;
}

export const Row = memo(function Row({ row, isOpen, isChosen, toggle }: RowProps) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const name = nameOf(row);
  const at = row.last_message?.created_at ?? row.last_activity_at;
  return (
    <div className={classes.row} data-open={isOpen || undefined} data-chosen={isChosen || undefined}>
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: row.id }}
        search={true as never}
        className={classes.link}
        aria-current={isOpen ? 'true' : undefined}
        preload={false}
      >
        <Initials name={row.contact.name} id={row.contact.id} />
        <span className={classes.body}>
          <span className={classes.top}>
            <span className={classes.name} data-unread={row.unread > 0 || undefined} dir="auto">
              {name}
            </span>
            <time className={classes.time} dateTime={at} title={format.full(at)}>
              {format.ago(at)}
            </time>
          </span>
          <span className={classes.bottom}>
            <Preview row={row} />
            {row.unread > 0 && (
              <span className={classes.count}>
                {row.unread}
                <span className="visually-hidden"> {t('unread')}</span>
              </span>
            )}
          </span>
          <Why row={row} />
        </span>
      </Link>
      {toggle && (
        <label className={classes.check}>
          <input type="checkbox" checked={isChosen} onChange={() => toggle(row.id)} />
          <span className="visually-hidden">{t('Select {{name}}', { name })}</span>
        </label>
      )}
    </div>
  );
});

function Preview({ row }: { row: Listed }) {
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  const hasDraft = useHasDraft(user_id, row.id);
  const last = row.last_message;
  if (row.match) return <Found match={row.match} />;
  if (hasDraft && !row.unread)
    return (
      <span className={classes.text}>
        <em className={classes.draft}>{t('Draft')}</em> {last?.text}
      </span>
    );
  if (!last) return <span className={classes.text}>{t('Nothing is kept of it any more')}</span>;
  const failed = last.direction === 'outbound' && statusWords(last as never, t).tone === 'danger';
  return (
    <span className={classes.text} data-unread={row.unread > 0 || undefined} dir="auto">
      {failed && <em className={classes.failed}>{t('Not delivered')} · </em>}
      {last.direction === 'outbound' && !failed && (
        <span className={classes.author}>{authorWords(last.author, t)}: </span>
      )}
      {last.text || t('Picture or file')}
    </span>
  );
}

/** Where a search found it. Positions count characters, not code units. */
function Found({ match }: { match: NonNullable<Listed['match']> }) {
  const characters = [...match.snippet];
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end } of match.highlights) {
    pieces.push(characters.slice(at, start).join(''));
    pieces.push(<mark key={start}>{characters.slice(start, end).join('')}</mark>);
    at = end;
  }
  return (
    <span className={classes.text} dir="auto">
      {pieces}
      {characters.slice(at).join('')}
    </span>
  );
}

function Why({ row }: { row: Listed }) {
  const { t } = useTranslation('inbox');
  const reason = rowReason(row, t);
  const labels = row.labels ?? [];
  if (!reason && labels.length === 0) return null;
  return (
    <span className={classes.why}>
      {reason && (
        <span className={classes.reason} data-tone={reason.tone}>
          {reason.words}
        </span>
      )}
      {labels.slice(0, 2).map((label) => (
        <span key={label} className={classes.label}>
          {label}
        </span>
      ))}
      {labels.length > 2 && <span className={classes.label}>+{labels.length - 2}</span>}
    </span>
  );
}
