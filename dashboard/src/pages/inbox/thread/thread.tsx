import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import type { Conversation } from '@/live/frames';
import { Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { Composer } from '../composer/composer';
import { useActs } from '../data/acts';
import { useConversation } from '../data/queries';
import { snoozeChoices } from '../data/snooze';
import { ThreadHead } from './head';
import { Messages } from './messages';
import { Suggestion } from './suggestion';
import classes from './thread.module.css';

interface ThreadProps {
  id: string;
  back: () => void;
  toggleSide: () => void;
  isSideOpen: boolean;
}

export function Thread({ id, back, toggleSide, isSideOpen }: ThreadProps) {
  const { t } = useTranslation('inbox');
  const found = useConversation(id);
  const one = found.data;
  return (
    <section className={classes.thread} data-pane="thread" aria-label={t('Conversation')}>
      {found.isError && !one && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading rows={5} />}
      {one && (
        <>
          <ThreadHead one={one} back={back} toggleSide={toggleSide} isSideOpen={isSideOpen} />
          <Messages one={one} />
          <Foot one={one} />
        </>
      )}
    </section>
  );
}

/** Suggestion and composer: what a viewer may not use is not there. */
function Foot({ one }: { one: Conversation }) {
  const mayWork = useMay('agent');
  const [editing, setEditing] = useState<string | null>(null);
  useReadMark(one);
  const isEditing = editing !== null && editing === one.draft?.id;
  useThreadKeys(one, { mayWork, isEditing }, setEditing);
  return (
    <>
      {one.draft && !isEditing && (
        <Suggestion
          one={one}
          draft={one.draft}
          mayWork={mayWork}
          edit={() => setEditing(one.draft?.id ?? null)}
        />
      )}
      {mayWork && (
        <Composer one={one} editing={isEditing ? one.draft : null} stopEditing={() => setEditing(null)} />
      )}
    </>
  );
}

/** Read is what was open in a window that somebody looks at. */
function useReadMark(one: Conversation): void {
  const acts = useActs();
  const mayWork = useMay('agent');
  const isUnread = one.unread > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each text that comes, not after "mark as unread"
  useEffect(() => {
    if (!isUnread || !mayWork) return;
    let isDone = false;
    const look = () => {
      if (isDone || document.visibilityState !== 'visible' || !document.hasFocus()) return;
      isDone = true;
      void acts.read(one);
    };
    look();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [one.id, one.received]);
}

function useThreadKeys(
  one: Conversation,
  { mayWork, isEditing }: { mayWork: boolean; isEditing: boolean },
  setEditing: (id: string | null) => void,
): void {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const group = t('Conversation');
  const { draft } = one;
  const all = [
    {
      id: 'approve',
      label: t('Approve the suggested reply'),
      keys: 'a',
      // While it is edited, sending approves it: the key would send the text from before.
      run: () => draft && !isEditing && void acts.approve(one),
    },
    { id: 'edit', label: t('Edit the suggested reply'), keys: 'e', run: () => draft && setEditing(draft.id) },
    { id: 'unread', label: t('Mark as unread'), keys: 'u', run: () => void acts.unread(one) },
    {
      id: 'take',
      label: one.ai_mode === 'off' ? t('Give back to the assistant') : t('Take over from the assistant'),
      keys: 't',
      run: () => void (one.ai_mode === 'off' ? acts.giveBack(one) : acts.takeOver(one)),
    },
    {
      id: 'close',
      label: one.state === 'open' ? t('Close the conversation') : t('Reopen the conversation'),
      keys: 'd',
      run: () => void (one.state === 'open' ? acts.close(one) : acts.reopen(one)),
    },
    ...snoozeChoices(t).map(({ name, until }) => ({
      id: `snooze ${name}`,
      label: `${t('Snooze until')}: ${name}`,
      keys: '',
      run: () => void acts.snooze(one, until()),
    })),
  ];
  useCommands(mayWork ? all.map((command) => ({ ...command, group })) : []);
}
