import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

interface PageProps {
  title: string;
  /** Under the title: what this page is for, in one sentence. */
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Wide pages use the whole width: tables, drawings. */
  wide?: boolean;
}

/** A page with a heading; the inbox has panes instead. */
export function Page({ title, about, actions, children, wide }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  return (
    <div className={classes.page}>
      <div className={wide ? classes.wide : classes.narrow}>
        <Group justify="space-between" align="flex-start" mb="md" wrap="wrap">
          <div>
            <Title order={1}>{title}</Title>
            {about && <div className={classes.about}>{about}</div>}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </div>
    </div>
  );
}
