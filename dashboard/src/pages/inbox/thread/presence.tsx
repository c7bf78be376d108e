import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrames, useStream } from '@/live/context';
import { useMe } from '@/session/me';
import { useTyping } from '../data/typing';
import classes from './head.module.css';

interface Other {
  name: string;
  typing: boolean;
}

/** Who else looks at this conversation, and who writes. Says the same of this user to the others. */
export function Presence({ id }: { id: string }) {
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  const [others, setOthers] = useState<Other[]>([]);
  useSayLooking(id);
  useFrames('hello', () => setOthers([]));
  useFrames('presence.updated', (frame) => {
    if (frame.conversation_id === id) setOthers(frame.users.filter((user) => user.id !== user_id));
  });
  if (others.length === 0) return null;
  const writing = others.filter((other) => other.typing);
  const names = (writing.length ? writing : others).map((other) => other.name).join(', ');
  return (
    <span className={classes.presence} role="status">
      {writing.length ? t('{{names}} is writing', { names }) : t('{{names}} is looking', { names })}
    </span>
  );
}

function useSayLooking(id: string): void {
  const stream = useStream();
  const typing = useTyping(id);
  const say = useRef(() => {});
  say.current = () => {
    const isSeen = document.visibilityState === 'visible';
    stream.say({ type: 'looking', conversation_id: isSeen ? id : null, typing: isSeen && typing });
  };
  useFrames('hello', () => say.current());
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each change
  useEffect(() => say.current(), [id, typing]);
  useEffect(() => {
    const changed = () => say.current();
    document.addEventListener('visibilitychange', changed);
    return () => {
      document.removeEventListener('visibilitychange', changed);
      stream.say({ type: 'looking', conversation_id: null, typing: false });
    };
  }, [stream]);
}
