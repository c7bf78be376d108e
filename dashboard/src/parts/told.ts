/** Short notices in the corner. A failure stays until it is closed. */
import type { NotificationData } from '@mantine/notifications';
import { asProblem } from '@/api/problem';

export function tellDone(message: string): void {
  void show({ message, color: 'green', autoClose: 4000 });
}

export function tellFailed(error: unknown): void {
  void show({ message: asProblem(error).detail, color: 'red', autoClose: false });
}

async function show(notice: NotificationData): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show(notice);
}
