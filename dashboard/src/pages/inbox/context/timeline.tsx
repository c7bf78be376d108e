import { Button } from '@mantine/core';
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  FileText,
  Mail,
  MessageCircle,
  MessageSquareText,
  Phone,
  Settings2,
  ShieldCheck,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '@/api/client';
import { type Page, rowsOf } from '@/live/inbox';
import { Failure } from '@/parts/states';
import { useFormat } from '@/words/format';
import classes from './panel.module.css';
import { Section } from './section';

type Moment = Schemas['conversation__api__contact_schemas__TimelineItemOut'];

/** What happened with this customer on every channel, newest first. */
export function Timeline({ contactId, openId }: { contactId: string; openId: string }) {
  const { t } = useTranslation('inbox');
  const found = useInfiniteQuery({
    queryKey: ['inbox', 'contact', contactId, 'timeline'],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Moment>) => page.next_cursor ?? undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await api.GET('/api/contacts/{contact_id}/timeline', {
        params: { path: { contact_id: contactId }, query: { limit: 30, cursor: pageParam } },
        signal,
      });
      return data as Page<Moment>;
    },
    select: (data: InfiniteData<Page<Moment>>) => rowsOf(data.pages),
  });
  const isStuck = found.isFetchNextPageError && !found.isFetchingNextPage;
  return (
    <Section title={t('Timeline')}>
      <ol className={classes.timeline}>
        {(found.data ?? []).filter(isNews).map((one) => (
          <TimelineRow key={one.id} one={one} openId={openId} />
        ))}
      </ol>
      {isStuck && <Failure error={found.error} retry={() => void found.fetchNextPage()} />}
      {found.hasNextPage && !isStuck && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('Show older')}
        </Button>
      )}
    </Section>
  );
}

/** Changes stand in the thread already. */
const isNews = (one: Moment) => one.kind !== 'change';

function TimelineRow({ one, openId }: { one: Moment; openId: string }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const isElsewhere = one.conversation_id && one.conversation_id !== openId;
  return (
    <li>
      <span className={classes.channel} title={one.channel}>
        {iconOf(one)}
      </span>
      <div>
        <div className={classes.summary} dir="auto">
          {one.summary}
        </div>
        <div className={classes.quiet}>
          <time dateTime={one.at} title={format.full(one.at)}>
            {format.ago(one.at)}
          </time>
          {one.direction === 'inbound' && ` · ${t('from the customer')}`}
          {isElsewhere && one.conversation_id && (
            <>
              {' · '}
              <Link to="/inbox/$conversationId" params={{ conversationId: one.conversation_id }}>
                {t('another conversation')}
              </Link>
            </>
          )}
        </div>
      </div>
    </li>
  );
}

const SIZE = 14;

function iconOf(one: Moment) {
  if (one.kind === 'consent') return <ShieldCheck size={SIZE} />;
  if (one.kind === 'note') return <FileText size={SIZE} />;
  if (one.kind === 'change') return <Settings2 size={SIZE} />;
  if (one.channel === 'voice') return <Phone size={SIZE} />;
  if (one.channel === 'email') return <Mail size={SIZE} />;
  if (one.channel === 'chat') return <MessageCircle size={SIZE} />;
  return <MessageSquareText size={SIZE} />;
}
