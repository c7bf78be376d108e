import { Alert, Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** Something to copy now, as it is shown once. */
export function OnceShown({ text, about }: { text: string; about: string }) {
  const { t } = useTranslation();
  return (
    <Alert color="green" variant="light">
      <Text size="sm" mb="xs">
        {about}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Code style={{ overflowWrap: 'anywhere', flex: 1 }}>{text}</Code>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <Check size={14} /> : <Copy size={14} />}
            >
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
