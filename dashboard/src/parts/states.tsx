/** The states that every page has: loading, empty, gone wrong, not permitted. */
import { Alert, Button, Center, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { AlertTriangle, WifiOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';

const PATIENCE_MS = 300;

/** Rows of grey; nothing for the first 300 ms, so that a quick answer does not flicker. */
export function Loading({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!isSlow) return null;
  return (
    <Stack gap="xs" p="md" role="status" aria-label={t('Loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={`row ${row.toString()}`} height={height} radius="sm" />
      ))}
    </Stack>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  icon?: ReactNode;
  action?: ReactNode;
}

/** An empty place that says what will be here and how it begins. */
export function Empty({ title, children, icon, action }: EmptyProps) {
  return (
    <Center p="xl" mih={200}>
      <Stack align="center" gap="xs" maw={380}>
        {icon}
        <Title order={2}>{title}</Title>
        <Text ta="center" c="dimmed" size="sm" component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

/** What went wrong, in the server's words, and the next step. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  const isAway = problem.status === 0;
  return (
    <Alert
      m="md"
      color={isAway ? 'gray' : 'red'}
      variant="light"
      icon={isAway ? <WifiOff size={16} /> : <AlertTriangle size={16} />}
      title={titleOf(problem.status, t)}
    >
      <Text size="sm">{problem.detail}</Text>
      {retry && (
        <Group mt="xs">
          <Button variant="default" onClick={retry}>
            {t('Try again')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function titleOf(status: number, t: (text: string) => string): string {
  if (status === 0) return t('No connection');
  if (status === 403) return t('Your role does not allow this');
  if (status === 404) return t('This is not here (any more)');
  return t('That did not work');
}
