import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import type { Conversation } from '@/live/frames';
import { useMe } from '@/session/me';
import { useActs } from '../data/acts';
import { useDraft } from '../data/kept';
import { useNewestKnown, useOutbox } from '../data/outbox';
import { typed } from '../data/typing';
import { Attach, Attached, useAttachments } from './attachments';
import classes from './composer.module.css';
import { Counter } from './counter';
import { useMeanwhile } from './meanwhile';

const CannedReplies = lazy(() => import('./canned'));

interface ComposerProps {
  one: Conversation;
  /** The suggested reply that is being edited: sending approves it with the new text. */
  editing: Conversation['draft'];
  stopEditing: () => void;
}

type Kind = 'reply' | 'note';

/** Where texts and notes are written. What is typed stays in this browser until it is sent. */
export function Composer({ one, editing, stopEditing }: ComposerProps) {
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  const [kind, setKind] = useState<Kind>('reply');
  const [text, setText] = useDraft(user_id, one.id, kind);
  const field = useRef<HTMLTextAreaElement>(null);
  const attachments = useAttachments();
  const send = useSend(one, attachments);
  const meanwhile = useMeanwhile(one, text.trim() !== '' && kind === 'reply');
  const isEmpty = text.trim() === '' && (kind === 'note' || attachments.ids.length === 0);
  const before = useEditing(editing, one.id, field, () => setKind('reply'));
  useHeight(field, text);
  useComposerKeys(field, setKind);

  async function submit() {
    if (isEmpty || attachments.isBusy) return;
    if (await send(kind, text, editing?.id)) {
      setText(editing ? before() : '');
      stopEditing();
    }
    field.current?.focus();
  }

  return (
    <div className={classes.composer} data-kind={kind}>
      {editing && (
        <div className={classes.strip}>
          <span>{t('You edit the suggested reply. Sending it approves it.')}</span>
          <button
            type="button"
            onClick={() => {
              setText(before());
              stopEditing();
            }}
          >
            {t('Cancel')}
          </button>
        </div>
      )}
      {meanwhile && (
        <div className={classes.strip} data-tone="attention" role="status">
          {meanwhile === 'customer'
            ? t('The customer wrote meanwhile.')
            : t('Somebody answered meanwhile. Read it before you send.')}
        </div>
      )}
      <Tabs kind={kind} setKind={setKind} />
      <Attached attachments={attachments} />
      <textarea
        ref={field}
        className={classes.field}
        value={text}
        rows={2}
        dir="auto"
        aria-label={kind === 'note' ? t('Note') : t('Message')}
        placeholder={
          kind === 'note'
            ? t('A note for colleagues; the customer never sees it')
            : t('Write a text, or / for a canned reply')
        }
        onChange={(event) => {
          setText(event.target.value);
          typed(one.id);
        }}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (files.length && kind === 'reply') {
            event.preventDefault();
            attachments.add(files);
          }
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            void submit();
          }
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <Suspense>
        {kind === 'reply' && text.startsWith('/') && (
          <CannedReplies conversationId={one.id} typed={text.slice(1)} use={setText} field={field} />
        )}
      </Suspense>
      <div className={classes.foot}>
        {kind === 'reply' && <Attach attachments={attachments} />}
        {kind === 'reply' && <Counter text={text} use={setText} />}
        <span className={classes.spring} />
        <span className={classes.hint}>{SEND_KEYS}</span>
        <Button onClick={() => void submit()} disabled={isEmpty || attachments.isBusy}>
          {kind === 'note' ? t('Add note') : t('Send')}
        </Button>
      </div>
    </div>
  );
}

const SEND_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ ↵' : 'Ctrl ↵';

function Tabs({ kind, setKind }: { kind: Kind; setKind: (kind: Kind) => void }) {
  const { t } = useTranslation('inbox');
  return (
    <fieldset className={classes.tabs} aria-label={t('What to write')}>
      {(['reply', 'note'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>
          {one === 'reply' ? t('Reply') : t('Note')}
        </button>
      ))}
    </fieldset>
  );
}

/** Texts go through the outbox; notes are written at once and stay in the field until they are kept. */
function useSend(one: Conversation, attachments: ReturnType<typeof useAttachments>) {
  const acts = useActs();
  const outbox = useOutbox();
  const newest = useNewestKnown(one.id);
  return async (kind: Kind, text: string, draftId: string | undefined): Promise<boolean> => {
    if (kind === 'note') return acts.note(one, text);
    outbox.add({
      key: crypto.randomUUID(),
      conversationId: one.id,
      text,
      mediaIds: attachments.ids,
      at: new Date().toISOString(),
      after: newest(),
      draftId,
    });
    attachments.clear();
    return true;
  };
}

/** Puts the suggested reply into the field, once; gives back what was typed there before. */
function useEditing(
  editing: Conversation['draft'],
  conversationId: string,
  field: React.RefObject<HTMLTextAreaElement | null>,
  asReply: () => void,
): () => string {
  const { user_id } = useMe();
  const [text, setText] = useDraft(user_id, conversationId, 'reply');
  const typedBefore = useRef('');
  const id = editing?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is taken over once, when editing begins
  useEffect(() => {
    if (!editing) return;
    typedBefore.current = text;
    asReply();
    setText(editing.text);
    field.current?.focus();
  }, [id]);
  return () => typedBefore.current;
}

const LOWEST = 44;
const HIGHEST = 220;

function useHeight(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(HIGHEST, Math.max(LOWEST, element.scrollHeight))}px`;
  }, [text, field]);
}

function useComposerKeys(
  field: React.RefObject<HTMLTextAreaElement | null>,
  setKind: (kind: Kind) => void,
): void {
  const { t } = useTranslation('inbox');
  const group = t('Conversation');
  const write = (kind: Kind) => {
    setKind(kind);
    // After the key itself, which would otherwise be typed into the field.
    window.setTimeout(() => field.current?.focus());
  };
  useCommands([
    { id: 'reply', label: t('Write a reply'), keys: 'r', group, run: () => write('reply') },
    { id: 'note', label: t('Write a note'), keys: 'n', group, run: () => write('note') },
  ]);
}
