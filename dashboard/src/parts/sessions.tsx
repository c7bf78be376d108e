import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import { Moment } from './moment';

interface SessionRowsProps {
  sessions: Schemas['SessionOut'][];
  end: (id: string) => void;
}

/** Where somebody is signed in. */
export function SessionRows({ sessions, end }: SessionRowsProps) {
  const { t } = useTranslation();
  if (sessions.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Signed in nowhere')}
      </Text>
    );
  return (
    <Stack gap="xs">
      {sessions.map((session) => (
        <Group key={session.id} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm">
              {browserOf(session.agent) || t('Another program')}{' '}
              {session.current && (
                <Badge size="xs" variant="default" tt="none">
                  {t('this one')}
                </Badge>
              )}
            </Text>
            <Text size="xs" c="dimmed">
              {t('Signed in')} <Moment at={session.issued_at} />
            </Text>
          </div>
          {!session.current && (
            <Button variant="default" onClick={() => end(session.id)}>
              {t('End session')}
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}

/** "Chrome, Linux" of a User-Agent; empty if it is no browser's. */
export function browserOf(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrome\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : '';
  const system = /iPhone|iPad/.test(agent)
    ? 'iOS'
    : /Android/.test(agent)
      ? 'Android'
      : /Windows/.test(agent)
        ? 'Windows'
        : /Mac OS/.test(agent)
          ? 'macOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : '';
  return [browser, system].filter(Boolean).join(', ');
}
