import { Badge, Button, Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CheckCircle2, Circle } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { Offered } from '@/pages/numbers/import';
import { CheckConnection, ConnectTelnyx } from '@/pages/settings/carriers';
import { InviteForm } from '@/pages/team/invite';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { phone } from '@/words/phone';
import { FirstPrompt } from './prompt';
import classes from './setup.module.css';

const EVERY_MS = 2_000;

/** The steps to the first answered text. What is done is read from the data, so nothing is ticked by hand. */
export function Checklist({ isSandbox }: { isSandbox: boolean }) {
  const { t } = useTranslation('setup');
  const { tenant_id, tenant_name } = useMe();
  const params = { params: { path: { tenant_id } } };
  const connections = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/connections', params);
  const numbers = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/numbers', params);
  const users = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/users', params);
  const assistants = $api.useQuery('get', '/api/assistants', { params: { query: { limit: 50 } } });
  const texts = $api.useQuery(
    'get',
    '/api/conversations',
    { params: { query: { limit: 20 } } },
    { refetchInterval: EVERY_MS },
  );
  const reads = [connections, numbers, users, assistants, texts];
  const failed = reads.find((read) => read.isLoadingError);
  if (failed)
    return <Failure error={failed.error} retry={() => reads.forEach((read) => void read.refetch())} />;
  if (!connections.data || !numbers.data || !users.data || !assistants.data || !texts.data)
    return <Loading />;
  const connection = connections.data.items.find((one) => one.active);
  const number = numbers.data.items.find((one) => one.active);
  const assistant = assistants.data.items.find((one) => one.is_default);
  const conversations = texts.data.items;
  const isAnswered = conversations.some((one) => one.last_message?.direction === 'outbound');
  const steps = [
    Boolean(connection),
    Boolean(number),
    (assistant?.live_version ?? 0) > 1,
    isAnswered,
    users.data.items.length > 1,
  ];
  const left = steps.filter((isDone) => !isDone).length;
  return (
    <main className={classes.steps}>
      <div className={classes.list}>
        <Group justify="space-between" mb="md">
          <div>
            <Title order={1}>{t('First steps for {{name}}', { name: tenant_name })}</Title>
            <Text size="sm" c="dimmed" role="status">
              {left > 0 ? t('{{count}} steps left', { count: left }) : t('All done: customers can text you.')}
            </Text>
          </div>
          <Button component={Link} to="/inbox" variant={left > 0 ? 'default' : 'filled'}>
            {t('To the inbox')}
          </Button>
        </Group>
        <ol>
          <Step title={t('Connect a carrier')} isDone={Boolean(connection)} isNext>
            {connection ? (
              <>
                <Text size="sm" mb="xs">
                  {t('Texts go to {{where}}.', { where: connection.texts_go_to })}
                </Text>
                <CheckConnection id={connection.id} />
              </>
            ) : (
              <ConnectTelnyx done={() => void connections.refetch()} />
            )}
          </Step>
          <Step title={t('Choose a number')} isDone={Boolean(number)} isNext={Boolean(connection)}>
            {number ? (
              <Text size="sm">{t('Customers text {{number}}.', { number: phone(number.phone_number) })}</Text>
            ) : (
              connection && <Offered connection={connection.id} done={() => void numbers.refetch()} />
            )}
          </Step>
          <Step title={t('Tell the assistant who it is')} isDone={Boolean(steps[2])} isNext={Boolean(number)}>
            {assistant && <FirstPrompt assistant={assistant} isDone={Boolean(steps[2])} />}
          </Step>
          <Step title={t('Try it: the first answered text')} isDone={isAnswered} isNext={Boolean(steps[2])}>
            <Text size="sm">
              {isAnswered
                ? t('A customer texted and was answered.')
                : conversations.length > 0
                  ? t('A text is there. Answer it in the inbox, or approve what the assistant suggests.')
                  : isSandbox
                    ? t('Write as a customer on the pretend phone beside this list.')
                    : t('Text your number from your own phone.')}
            </Text>
          </Step>
          <Step title={t('Invite a colleague')} isDone={Boolean(steps[4])} isNext={isAnswered}>
            <Invitation isDone={Boolean(steps[4])} refetch={() => void users.refetch()} />
          </Step>
        </ol>
      </div>
      {isSandbox && number && (
        <aside className={classes.phone} aria-label={t('Pretend phone')}>
          <iframe src="/sandbox/phone" title={t('Pretend phone of a customer')} />
        </aside>
      )}
    </main>
  );
}

/** The form closes once its link was copied; until then it stays although the step is done, as the link is shown once. */
function Invitation({ isDone, refetch }: { isDone: boolean; refetch: () => void }) {
  const { t } = useTranslation('setup');
  const [isOpen, setOpen] = useState(!isDone);
  if (isOpen)
    return (
      <InviteForm
        done={() => {
          setOpen(false);
          refetch();
        }}
      />
    );
  return (
    <Group gap="sm">
      <Text size="sm">{t('More colleagues are invited here or on the page Team.')}</Text>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('Invite another')}
      </Button>
    </Group>
  );
}

interface StepProps {
  title: string;
  isDone: boolean;
  /** What it needs is there; before that it shows its title only. */
  isNext: boolean;
  children: ReactNode;
}

function Step({ title, isDone, isNext, children }: StepProps) {
  const { t } = useTranslation('setup');
  return (
    <li className={classes.step} data-done={isDone || undefined}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          {isDone ? (
            <CheckCircle2 size={18} color="var(--good)" aria-hidden />
          ) : (
            <Circle size={18} aria-hidden />
          )}
          <Title order={2}>{title}</Title>
        </Group>
        {isDone && (
          <Badge miw="max-content" variant="light" color="green" tt="none" c="var(--text)">
            {t('done')}
          </Badge>
        )}
      </Group>
      {(isDone || isNext) && <div className={classes.body}>{children}</div>}
    </li>
  );
}
