import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { tellFailed } from '@/parts/told';
import classes from './composer.module.css';

interface CannedProps {
  conversationId: string;
  /** What stands behind the slash. */
  typed: string;
  use: (text: string) => void;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

const SHOWN = 8;

/** Canned replies that fit what was typed behind "/". Arrow keys and Enter choose; the text is filled for this customer. */
export default function CannedReplies({ conversationId, typed, use, field }: CannedProps) {
  const { t } = useTranslation('inbox');
  const data = $api.useQuery('get', '/api/canned-replies').data?.items;
  const wanted = typed.trim().toLowerCase();
  const found = useMemo(
    () =>
      (data ?? [])
        .filter((one) => `${one.shortcut ?? ''} ${one.name}`.toLowerCase().includes(wanted))
        .slice(0, SHOWN),
    [data, wanted],
  );
  const [at, setAt] = useState(0);
  const here = Math.min(at, found.length - 1);

  async function choose(id: string) {
    try {
      const { data: rendered } = await api.POST('/api/canned-replies/{canned_reply_id}/render', {
        params: { path: { canned_reply_id: id } },
        body: { conversation_id: conversationId },
      });
      use(rendered?.text ?? '');
      field.current?.focus();
    } catch (error) {
      tellFailed(error);
    }
  }

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const pressed = (event: KeyboardEvent) => {
      const one = found[here];
      if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, here + 1));
      else if (event.key === 'ArrowUp') setAt(Math.max(0, here - 1));
      else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && one) void choose(one.id);
      else return;
      event.preventDefault();
    };
    element.addEventListener('keydown', pressed);
    return () => element.removeEventListener('keydown', pressed);
  });

  if (!data) return null;
  return (
    <div className={classes.canned} role="listbox" aria-label={t('Canned replies')}>
      {found.length === 0 && (
        <div className={classes.hint}>
          {data.length ? t('Nothing found') : t('There are no canned replies yet.')}
        </div>
      )}
      {found.map((one, n) => (
        <button
          key={one.id}
          type="button"
          role="option"
          aria-selected={n === here}
          onMouseDown={(event) => {
            event.preventDefault();
            void choose(one.id);
          }}
        >
          <b>{one.name}</b> {one.shortcut && <kbd>/{one.shortcut}</kbd>}
          <span dir="auto">{one.text}</span>
        </button>
      ))}
    </div>
  );
}
