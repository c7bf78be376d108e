import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { HoldProvider, useHeld } from './hold';

interface DialogProps {
  opened: boolean;
  close: () => void;
  title: ReactNode;
  size?: ModalProps['size'];
  children: ModalProps['children'];
}

/** A window above the page. */
export function Dialog({ opened, close, title, size, children }: DialogProps) {
  const { t } = useTranslation();
  const { closing, hold } = useHeld();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t('Close') }}
      {...closing}
    >
      <HoldProvider value={hold}>{children}</HoldProvider>
    </Modal>
  );
}
