import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface FormFootProps {
  /** What the button says. */
  deed: string;
  busy?: boolean;
  disabled?: boolean;
  /** What the server refused, in its words. */
  problem?: string;
  /** Forms in a dialog can be left without doing anything. */
  cancel?: () => void;
}

/** The end of a form: what is wrong with it, and the button that sends it. */
export function FormFoot({ deed, busy, disabled, problem, cancel }: FormFootProps) {
  const { t } = useTranslation();
  return (
    <>
      {problem && (
        <Text c="var(--danger)" size="sm" role="alert">
          {problem}
        </Text>
      )}
      <Group justify="flex-end" gap="xs">
        {cancel && (
          <Button variant="default" onClick={cancel}>
            {t('Cancel')}
          </Button>
        )}
        <Button type="submit" loading={busy} disabled={disabled}>
          {deed}
        </Button>
      </Group>
    </>
  );
}
