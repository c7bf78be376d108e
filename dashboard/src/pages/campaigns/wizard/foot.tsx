import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './wizard.module.css';

interface FootProps {
  back?: () => void;
  next: () => void;
  /** Why one cannot go on; empty: one can. */
  missing?: string;
  busy?: boolean;
  children?: ReactNode;
}

/** Back and on; where on is not possible, the reason stands beside it. */
export function Foot({ back, next, missing, busy, children }: FootProps) {
  const { t } = useTranslation('campaigns');
  return (
    <Group className={classes.foot} justify="space-between">
      {back ? (
        <Button variant="default" onClick={back}>
          {t('Back')}
        </Button>
      ) : (
        <span />
      )}
      <Group gap="sm">
        {missing && (
          <Text size="sm" c="dimmed" id="missing">
            {missing}
          </Text>
        )}
        {children}
        <Button
          onClick={next}
          loading={busy}
          disabled={Boolean(missing)}
          aria-describedby={missing ? 'missing' : undefined}
        >
          {t('Continue')}
        </Button>
      </Group>
    </Group>
  );
}
