import { Drawer, type DrawerProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { HoldProvider, useHeld } from './hold';

interface SideDialogProps {
  opened: boolean;
  close: () => void;
  title: DrawerProps['title'];
  children: DrawerProps['children'];
}

/** A window beside the page: one of what a list shows. */
export function SideDialog({ opened, close, title, children }: SideDialogProps) {
  const { t } = useTranslation();
  const { closing, hold } = useHeld();
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={title}
      closeButtonProps={{ 'aria-label': t('Close') }}
      {...closing}
    >
      <HoldProvider value={hold}>{children}</HoldProvider>
    </Drawer>
  );
}
