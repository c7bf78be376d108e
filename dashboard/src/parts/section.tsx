import { Group, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './section.module.css';

interface SectionProps {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A framed part of a page with a heading: a region for screen readers. */
export function Section({ title, about, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions && <Group gap={4}>{actions}</Group>}
      </div>
      {about && <div className={classes.about}>{about}</div>}
      {children}
    </section>
  );
}
