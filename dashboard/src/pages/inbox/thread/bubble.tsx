import { lazy, memo, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/live/frames';
import type { Sending } from '@/live/outbox';
import { useMe } from '@/session/me';
import { useDraft, withLeftOver } from '../data/kept';
import { useOutbox } from '../data/outbox';
import type { Entry } from '../data/queries';
import { authorWords, statusWords, whoWords } from '../words';
import classes from './bubble.module.css';
import type { Desk } from './entry';
import { MediaList } from './media';
import { PlainText } from './text';

const Why = lazy(() => import('./why'));

interface BubbleProps {
  message: Message;
  isFirst: boolean;
  writer: Entry | undefined;
  desk: Desk;
}

export const Bubble = memo(function Bubble({ message, isFirst, writer, desk }: BubbleProps) {
  const { t } = desk;
  const isOurs = message.direction === 'outbound';
  const [isOpen, setOpen] = useState(false);
  return (
    <article
      className={classes.message}
      data-ours={isOurs || undefined}
      data-first={isFirst || undefined}
      aria-label={isOurs ? t('Our text') : t('Text of the customer')}
    >
      <div className={classes.bubble} data-author={message.author}>
        {message.kind === 'reaction' && message.reaction ? (
          <Reaction message={message} />
        ) : (
          <Content message={message} />
        )}
      </div>
      <Meta
        message={message}
        writer={writer}
        isOpen={isOpen}
        toggle={() => setOpen((before) => !before)}
        desk={desk}
      />
      {isOpen && (
        <Suspense fallback={<div className={classes.loading}>…</div>}>
          <Why message={message} close={() => setOpen(false)} />
        </Suspense>
      )}
    </article>
  );
});

function Content({ message }: { message: Message }) {
  return (
    <>
      {message.text && <PlainText text={message.text} />}
      {message.media.length > 0 && <MediaList media={message.media} />}
    </>
  );
}

function Reaction({ message }: { message: Message }) {
  const { reaction } = message;
  return (
    <span className={classes.reaction} dir="auto">
      {reaction?.sign} <q>{reaction?.quoted}</q>
    </span>
  );
}

interface MetaProps {
  message: Message;
  writer: Entry | undefined;
  isOpen: boolean;
  toggle: () => void;
  desk: Desk;
}

/** Writer, time, how far it is, and the way to "why". */
function Meta({ message, writer, isOpen, toggle, desk }: MetaProps) {
  const { t, format, colleagues, userId } = desk;
  const isOurs = message.direction === 'outbound';
  const status = isOurs ? statusWords(message, t) : null;
  const who = writer ? whoWords(writer, colleagues, userId, t) : authorWords(message.author, t);
  return (
    <div className={classes.meta}>
      {isOurs && <span>{who}</span>}
      {message.kind === 'autoreply' && <span>{t('Automatic reply of a phone')}</span>}
      {message.others.length > 0 && <span>{t('To a group')}</span>}
      <time dateTime={message.created_at} title={format.full(message.created_at)}>
        {format.time(message.created_at)}
      </time>
      {status && (
        <span className={classes.status} data-tone={status.tone}>
          {status.words}
          {status.detail && `: ${status.detail}`}
        </span>
      )}
      {isOurs && (
        <button type="button" className={classes.why} aria-expanded={isOpen} onClick={toggle}>
          {t('Why')}
        </button>
      )}
    </div>
  );
}

/** A text on its way to the server: it is kept here until it is there. */
export function PendingBubble({ sending }: { sending: Sending }) {
  const { t } = useTranslation('inbox');
  const outbox = useOutbox();
  const { user_id } = useMe();
  const [draft, setDraft] = useDraft(user_id, sending.conversationId, 'reply');
  const isFailed = sending.state === 'failed';
  const edit = () => {
    setDraft(withLeftOver(sending.text, draft, undefined));
    outbox.drop(sending.key);
  };
  return (
    <article className={classes.message} data-ours data-first aria-label={t('Our text')}>
      <div className={classes.bubble} data-author="agent" data-pending={!isFailed || undefined}>
        <PlainText text={sending.text} />
      </div>
      <div className={classes.meta} role={isFailed ? 'alert' : undefined}>
        <span className={classes.status} data-tone={isFailed ? 'danger' : 'quiet'}>
          {isFailed ? `${t('Not delivered')}: ${sending.problem}` : pendingWords(sending, t)}
        </span>
        {isFailed && (
          <>
            <button type="button" className={classes.act} onClick={() => outbox.again(sending.key)}>
              {t('Try again')}
            </button>
            {sending.mediaIds.length === 0 && (
              <button type="button" className={classes.act} onClick={edit}>
                {t('Edit')}
              </button>
            )}
            <button type="button" className={classes.act} onClick={() => outbox.drop(sending.key)}>
              {t('Discard')}
            </button>
          </>
        )}
      </div>
    </article>
  );
}

function pendingWords(sending: Sending, t: (text: string) => string): string {
  return sending.state === 'sending' ? t('Queued') : t('Queued: waits for the connection');
}
