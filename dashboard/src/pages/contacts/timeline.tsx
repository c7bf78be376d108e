import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import {
  CheckSquare,
  History,
  Mail,
  MessageCircle,
  MessageSquare,
  Phone,
  Rss,
  StickyNote,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { byCursor, itemsOf, More } from '@/parts/more';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { Empty, Failure, Loading } from '@/parts/states';
import { useFormat } from '@/words/format';
import classes from './contacts.module.css';

type Item = Schemas['conversation__api__contact_schemas__TimelineItemOut'];

const SIZE = 14;
const CHANNELS: Record<string, ReactNode> = {
  sms: <MessageSquare size={SIZE} />,
  voice: <Phone size={SIZE} />,
  chat: <MessageCircle size={SIZE} />,
  email: <Mail size={SIZE} />,
};
const KINDS: Record<string, ReactNode> = {
  note: <StickyNote size={SIZE} />,
  consent: <CheckSquare size={SIZE} />,
  change: <History size={SIZE} />,
};

/** Everything between this person and the business, over all channels, newest first. */
export function Timeline({ contactId }: { contactId: string }) {
  const { t } = useTranslation('contacts');
  const format = useFormat();
  const list = $api.useInfiniteQuery(
    'get',
    '/api/contacts/{contact_id}/timeline',
    { params: { path: { contact_id: contactId }, query: { limit: 50 } } },
    byCursor,
  );
  return (
    <Section title={t('Timeline')}>
      {list.error ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Loading />
      ) : (
        <>
          <Days items={itemsOf(list.data)} dayOf={format.date} />
          <More of={list} />
        </>
      )}
    </Section>
  );
}

function Days({ items, dayOf }: { items: Item[]; dayOf: (at: string) => string }) {
  const { t } = useTranslation('contacts');
  if (items.length === 0)
    return (
      <Empty title={t('Nothing happened yet')}>
        {t('Texts, calls, chats, e-mails, notes and consent appear here as they come.')}
      </Empty>
    );
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const day = dayOf(item.at);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days].map(([day, ofDay]) => (
    <div key={day}>
      <h3 className={classes.day}>{day}</h3>
      <ul className={classes.items}>
        {ofDay.map((item) => (
          <Entry key={`${item.kind} ${item.id}`} item={item} />
        ))}
      </ul>
    </div>
  ));
}

function Entry({ item }: { item: Item }) {
  const { t } = useTranslation('contacts');
  const format = useFormat();
  const isOurs = item.direction === 'outbound';
  return (
    <li className={classes.item}>
      <span className={classes.icon} data-ours={isOurs || undefined} aria-hidden>
        {KINDS[item.kind] ?? CHANNELS[item.channel] ?? <Rss size={SIZE} />}
      </span>
      <div>
        <div className={rowStyles.quiet}>
          {saysOf(item, t)}
          {item.conversation_id && (
            <>
              {' · '}
              <Anchor
                component={Link}
                size="xs"
                to="/inbox/$conversationId"
                params={{ conversationId: item.conversation_id } as never}
              >
                {t('Open conversation')}
              </Anchor>
            </>
          )}
          {item.link?.startsWith('https://') && (
            <>
              {' · '}
              <Anchor size="xs" href={item.link} target="_blank" rel="noreferrer noopener">
                {t('Open in its own system')}
              </Anchor>
            </>
          )}
        </div>
        <div className={classes.summary} dir="auto">
          {item.summary}
        </div>
      </div>
      <time className={rowStyles.quiet} dateTime={item.at} title={format.full(item.at)}>
        {format.time(item.at)}
      </time>
    </li>
  );
}

function saysOf(item: Item, t: TFunction<'contacts'>): string {
  if (item.kind === 'note') return t('Internal note');
  if (item.kind === 'consent') return t('Consent');
  if (item.kind === 'change') return t('Change');
  const channels: Record<string, string> = {
    sms: t('Text'),
    voice: t('Call'),
    chat: t('Chat'),
    email: t('E-mail'),
  };
  const channel = channels[item.channel] ?? item.channel;
  if (item.direction === 'inbound') return t('{{channel}} from them', { channel });
  if (item.direction === 'outbound') return t('{{channel}} from us', { channel });
  return channel;
}
