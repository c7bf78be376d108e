import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHold } from './hold';

interface ConfirmProps {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** What the button says: the deed itself, not "OK". */
  deed: string;
  /** For what cannot be undone: must be typed before the button works. */
  typed?: string;
  danger?: boolean;
  busy?: boolean;
  act: () => void;
  close: () => void;
}

/** Asks before something that is hard to undo, and says what will be. Escape closes it alone, not the window that it asks
 * in. */
export function Confirm({ opened, title, children, deed, typed, danger, busy, act, close }: ConfirmProps) {
  const { t } = useTranslation();
  const [word, setWord] = useState('');
  useEffect(() => {
    if (opened) setWord('');
  }, [opened]);
  const mayAct = !typed || word.trim() === typed;
  useHold(useLinger(opened));
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // In React it stands in the form that opened it, which is not meant.
          event.stopPropagation();
          if (mayAct) act();
        }}
      >
        <Stack gap="sm">
          <div>{children}</div>
          {typed && (
            <TextInput
              label={t('Type “{{word}}” to confirm', { word: typed })}
              value={word}
              onChange={(event) => setWord(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t('Cancel')}
            </Button>
            <Button type="submit" color={danger ? 'red' : undefined} disabled={!mayAct} loading={busy}>
              {deed}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** True for a moment longer: the Escape that closes this window reaches the one below it afterwards. */
function useLinger(isOpen: boolean): boolean {
  const [isLingering, setLingering] = useState(isOpen);
  useEffect(() => {
    if (isOpen) {
      setLingering(true);
      return undefined;
    }
    const timer = window.setTimeout(() => setLingering(false));
    return () => window.clearTimeout(timer);
  }, [isOpen]);
  return isOpen || isLingering;
}
