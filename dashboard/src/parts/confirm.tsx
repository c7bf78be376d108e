import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

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

/** Asks before something that is hard to undo, and says what will be. */
export function Confirm({ opened, title, children, deed, typed, danger, busy, act, close }: ConfirmProps) {
  const { t } = useTranslation();
  const [word, setWord] = useState('');
  useEffect(() => {
    if (opened) setWord('');
  }, [opened]);
  const mayAct = !typed || word.trim() === typed;
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
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
