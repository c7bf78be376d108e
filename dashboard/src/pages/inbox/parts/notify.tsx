import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '@/app/commands';
import { useFrames } from '@/live/context';
import type { Conversation } from '@/live/frames';
import { tellDone } from '@/parts/told';
import { useMe } from '@/session/me';
import { type Cause, causeOf, isQuiet, keepLatest, type Notify } from '../data/attention';
import type { Open } from '../index';
import { nameOf, needsWords } from '../words';
import { ring } from './sound';

const PLAIN: Notify = { about: 'mine', sound: false, do_not_disturb: null };

/** Sound and browser notifications, for what needs this person, outside of the hours in which nothing disturbs. */
export default function Notifications({ openId, open }: { openId: string | undefined; open: Open }) {
  const { t } = useTranslation('inbox');
  const me = useMe();
  const known = useRef(new Map<string, Conversation>());
  const wanted = me.notify ?? PLAIN;
  const titles: Record<Cause, (one: Conversation) => string> = {
    person: (one) => needsWords(one.needs_person?.reason ?? '', t),
    text: () => t('A customer wrote'),
    assigned: () => t('Assigned to you'),
  };
  useCommands([
    {
      id: 'notify',
      label: t('Allow notifications of this browser'),
      keys: '',
      group: t('Inbox'),
      run: () => void allow(t),
    },
  ]);
  useFrames('conversation.updated', ({ conversation }) => {
    const before = known.current.get(conversation.id);
    keepLatest(known.current, conversation);
    const scene = { before, after: conversation, userId: me.user_id, now: Date.now() };
    const cause = causeOf(scene, wanted.about);
    const isSeen =
      conversation.id === openId && document.visibilityState === 'visible' && document.hasFocus();
    if (!cause || isSeen || isQuiet(wanted.do_not_disturb, clock())) return;
    if (wanted.sound) ring();
    show(conversation, titles[cause](conversation), open);
  });
  return null;
}

const clock = () => new Date().toTimeString().slice(0, 5);

/** A later one about the same conversation replaces the earlier one. */
function show(one: Conversation, title: string, open: Open): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  if (document.visibilityState === 'visible' && document.hasFocus()) return;
  const body = one.last_message?.text ?? '';
  const notice = new Notification(`${nameOf(one)}: ${title}`, { body, tag: one.id, icon: '/icon.svg' });
  notice.onclick = () => {
    window.focus();
    open(one.id);
    notice.close();
  };
}

async function allow(t: (text: string) => string): Promise<void> {
  if (!('Notification' in window)) return;
  const answer = await Notification.requestPermission();
  tellDone(answer === 'granted' ? t('This browser will tell you.') : t('The browser does not allow it.'));
}
