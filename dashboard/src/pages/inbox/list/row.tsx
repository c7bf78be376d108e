import type { TFunction } from 'i18next';
import { type MouseEvent, memo } from 'react';
import { Phone } from '@/parts/phone';
import type { Format } from '@/words/format';
import { useHasDraft } from '../data/kept';
import type { Listed } from '../data/queries';
import type { Open } from '../index';
import { Initials } from '../parts/initials';
import { authorWords, hasReason, nameOf, rowReason, statusWords } from '../words';
import classes from './row.module.css';

/** What is the same for all rows. */
export interface Desk {
  t: TFunction<'inbox'>;
  format: Format;
  /** Changes every minute, and with it "2 min". */
  now: number;
  userId: string | null;
  /** Of the address, with its question mark: the filters stay when a conversation is opened. */
  search: string;
  open: Open;
  /** Missing where the role may not act. */
  toggle: ((id: string) => void) | undefined;
}

const HEIGHT = 58;
const HEIGHT_WITH_REASON = 77;

/** In pixels. A height that is known is not measured: to measure new rows, the browser would have to lay out the page in the
 * middle of scrolling. */
export const heightOf = (row: Listed | undefined): number =>
  row && ((row.labels ?? []).length > 0 || hasReason(row)) ? HEIGHT_WITH_REASON : HEIGHT;

interface RowProps {
  row: Listed;
  isOpen: boolean;
  isChosen: boolean;
  desk: Desk;
}

/** A plain link: the router's own one would watch the address and compute it anew for each row in sight. */
export const Row = memo(function Row({ row, isOpen, isChosen, desk }: RowProps) {
  const { t, format, search, open, toggle } = desk;
  const name = nameOf(row);
  const at = row.last_message?.created_at ?? row.last_activity_at;
  const follow = (event: MouseEvent) => {
    if (isForAnotherTab(event)) return;
    event.preventDefault();
    open(row.id);
  };
  return (
    <div className={classes.row} data-open={isOpen || undefined} data-chosen={isChosen || undefined}>
      <a
        href={`/inbox/${row.id}${search}`}
        onClick={follow}
        className={classes.link}
        aria-current={isOpen ? 'true' : undefined}
      >
        <Initials name={row.contact.name} id={row.contact.id} />
        <span className={classes.body}>
          <span className={classes.top}>
            <span className={classes.name} data-unread={row.unread > 0 || undefined} dir="auto">
              {row.contact.name || <Phone number={row.contact.phone_number} />}
            </span>
            <time className={classes.time} dateTime={at} title={format.full(at)}>
              {format.ago(at)}
            </time>
          </span>
          <span className={classes.bottom}>
            <Preview row={row} desk={desk} />
            {row.unread > 0 && (
              <span className={classes.count}>
                {row.unread}
                <span className="visually-hidden"> {t('unread')}</span>
              </span>
            )}
          </span>
          <Why row={row} t={t} />
        </span>
      </a>
      {toggle && (
        <label className={classes.check}>
          <input type="checkbox" checked={isChosen} onChange={() => toggle(row.id)} />
          <span className="visually-hidden">{t('Select {{name}}', { name })}</span>
        </label>
      )}
    </div>
  );
});

const isForAnotherTab = (event: MouseEvent) =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

function Preview({ row, desk: { t, userId } }: { row: Listed; desk: Desk }) {
  const hasDraft = useHasDraft(userId, row.id);
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

function Why({ row, t }: { row: Listed; t: TFunction<'inbox'> }) {
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
