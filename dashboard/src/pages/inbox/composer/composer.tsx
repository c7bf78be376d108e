import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RepeatKey } from '@/api/repeat';
import { useCommands } from '@/app/commands';
import type { Conversation } from '@/live/frames';
import { useMe } from '@/session/me';
import { useActs } from '../data/acts';
import { type Files, useFiles } from '../data/files';
import { useDraft, withLeftOver } from '../data/kept';
import { useNewestKnown, useOutbox } from '../data/outbox';
import { typed } from '../data/typing';
import { Attach, Attached } from './attachments';
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
  const isEdit = editing !== null && kind === 'reply';
  const [text, setText] = useDraft(user_id, one.id, isEdit ? 'edit' : kind);
  const mayAttach = kind === 'reply' && !isEdit; // a suggested reply is approved with its text only
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useFiles(user_id, one.id);
  const send = useSend(one, files);
  const meanwhile = useMeanwhile(one, text.trim() !== '' && kind === 'reply');
  const isEmpty = text.trim() === '' && (!mayAttach || files.ids.length === 0);
  const [isSending, setSending] = useState(false);
  const drop = useEditing(one, editing, field, () => setKind('reply'));
  useHeight(field, text);
  useComposerKeys(field, setKind);

  async function submit() {
    if (isEmpty || isSending || (mayAttach && files.isBusy)) return;
    setSending(true);
    const isDone = await send(kind, text, isEdit ? editing?.id : undefined);
    setSending(false);
    if (isDone) {
      setText('');
      if (isEdit) stopEditing();
    }
    field.current?.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; the button beside does the same
    <div
      className={classes.composer}
      data-kind={kind}
      onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return; // text may be dropped into the field
        event.preventDefault();
        if (mayAttach) files.add([...event.dataTransfer.files]);
      }}
    >
      {editing && (
        <div className={classes.strip}>
          <span>{t('You edit the suggested reply. Sending it approves it.')}</span>
          <button
            type="button"
            onClick={() => {
              drop();
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
      {mayAttach && <Attached files={files} />}
      <textarea
        ref={field}
        className={classes.field}
        value={text}
        readOnly={isSending}
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
          const pasted = [...event.clipboardData.files];
          if (pasted.length && mayAttach) {
            event.preventDefault();
            files.add(pasted);
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
        {mayAttach && <Attach files={files} />}
        {kind === 'reply' && <Counter text={text} use={setText} />}
        <span className={classes.spring} />
        <span className={classes.hint}>{SEND_KEYS}</span>
        <Button onClick={() => void submit()} disabled={isEmpty || isSending || (mayAttach && files.isBusy)}>
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
function useSend(one: Conversation, files: Files) {
  const acts = useActs();
  const outbox = useOutbox();
  const newest = useNewestKnown(one.id);
  const [noteKey] = useState(() => new RepeatKey());
  return async (kind: Kind, text: string, draftId: string | undefined): Promise<boolean> => {
    if (kind === 'note') {
      const isKept = await acts.note(one, text, noteKey.of(text));
      if (isKept) noteKey.done();
      return isKept;
    }
    outbox.add({
      key: crypto.randomUUID(),
      conversationId: one.id,
      text,
      mediaIds: draftId ? [] : files.ids,
      at: new Date().toISOString(),
      after: newest(),
      draftId,
    });
    if (!draftId) files.clear();
    return true;
  };
}

/** Puts the suggested reply into the field, once; what was typed as a reply waits beside it. Editing that ended in
 * another way than by sending or Cancel (the suggestion was replaced, the page was left) loses no words: they go into
 * the reply. Gives back how to drop the edited text. */
function useEditing(
  one: Conversation,
  editing: Conversation['draft'],
  field: React.RefObject<HTMLTextAreaElement | null>,
  asReply: () => void,
): () => void {
  const { user_id } = useMe();
  const [edited, setEdited] = useDraft(user_id, one.id, 'edit');
  const [reply, setReply] = useDraft(user_id, one.id, 'reply');
  const suggested = useRef(one.draft?.text);
  const id = editing?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when editing begins or ends
  useEffect(() => {
    if (editing) {
      asReply();
      suggested.current = editing.text;
      setEdited(editing.text);
      field.current?.focus();
    } else if (edited) {
      setReply(withLeftOver(reply, edited, suggested.current));
      setEdited('');
    }
  }, [id]);
  return () => setEdited('');
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
