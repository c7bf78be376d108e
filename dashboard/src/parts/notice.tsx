import { Alert, type AlertProps } from '@mantine/core';
import classes from './notice.module.css';

type Kind = 'attention' | 'danger' | 'good' | 'quiet';

/** A message in its place on the page, in colours that can be read in light and dark. */
export function Notice({
  kind = 'attention',
  ...rest
}: { kind?: Kind } & Omit<AlertProps, 'color' | 'variant'>) {
  return (
    <Alert
      {...rest}
      variant="light"
      data-kind={kind}
      classNames={{ root: classes.notice, title: classes.title, message: classes.message }}
    />
  );
}
