import { User } from 'lucide-react';
import classes from './initials.module.css';

const HUES = 8;

/** A round mark by which a person is found again in a list. */
export function Initials({
  name,
  id,
  size = 34,
}: {
  name: string | null | undefined;
  id: string;
  size?: number;
}) {
  const letters = (name ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');
  let sum = 0;
  for (const one of id) sum = (sum * 31 + one.charCodeAt(0)) % 9973;
  return (
    <span
      className={classes.mark}
      data-hue={sum % HUES}
      style={{ width: size, height: size, fontSize: size * 0.36 }}
      aria-hidden
    >
      {letters || <User size={size * 0.5} />}
    </span>
  );
}
