import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

/** The corner where `told` shows its notices. Loaded after the page. */
export default function Notices() {
  return <Notifications position="bottom-right" limit={4} />;
}
