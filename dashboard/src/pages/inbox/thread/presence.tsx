import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFrames } from '@/live/context';
import { useMe } from '@/session/me';
import classes from './head.module.css';

/** Who else looks at this conversation. */
export function Presence({ id }: { id: string }) {
  const { t } = useTranslation('inbox');
  const { user_id } = useMe();
  const [names, setNames] = useState<string[]>([]);
  useFrames('presence.updated', (frame) => {
    if (frame.conversation_id !== id) return;
    setNames(frame.users.filter((user) => user.id !== user_id).map((user) => user.name));
  });
  if (names.length === 0) return null;
  return (
    <span className={classes.presence}>
      {names.length === 1
        ? t('{{name}} is looking', { name: names[0] })
        : t('{{names}} are looking', { names: names.join(', ') })}
    </span>
  );
}
