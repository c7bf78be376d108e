/** Moments on the tenant's clock, and back. */
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
dayjs.extend(timezone);

/** "2026-12-01 15:00:00" on the clock of this zone as a moment with its zone. */
export const momentIn = (zone: string, wall: string): string => dayjs.tz(wall, zone).toISOString();

/** A moment as a clock in this zone shows it: "2026-12-01 15:00:00". */
export const wallIn = (zone: string, moment: string): string =>
  dayjs(moment).tz(zone).format('YYYY-MM-DD HH:mm:ss');

/** The next full hour at least `hours` away, on that clock. */
export const soon = (zone: string, hours: number, now = new Date()): string =>
  dayjs(now).tz(zone).add(hours, 'hour').startOf('hour').format('YYYY-MM-DD HH:mm:ss');

/** "2026-12-01 15:00:00" as the API takes a local time. */
export const localTime = (wall: string): string => wall.slice(0, 16).replace(' ', 'T');
