/** Short notices in the corner. A failure stays until it is closed. */
import { notifications } from '@mantine/notifications';
import { asProblem } from '@/api/problem';

export function tellDone(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4000 });
}

export function tellFailed(error: unknown): void {
  notifications.show({ message: asProblem(error).detail, color: 'red', autoClose: false });
}
