import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import classes from './way-back.module.css';

/** To the list that a page was opened from. */
export function WayBack({
  children,
  ...to
}: Pick<LinkProps, 'to' | 'params' | 'search'> & { children: string }) {
  return (
    <Link {...to} className={classes.back}>
      <ArrowLeft size={14} aria-hidden />
      <span>{children}</span>
    </Link>
  );
}
