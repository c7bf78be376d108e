import type { Open } from '../index';

/** Sound and browser notifications, for what needs a person. */
export default function Notifications(_: { openId: string | undefined; open: Open }) {
  return null;
}
