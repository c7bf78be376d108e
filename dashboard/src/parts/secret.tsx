import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './copy';
import { useHold } from './hold';

/** Something to copy now, as it is shown once. The window that it is shown in waits for that. */
export function OnceShown({ text, about }: { text: string; about: string }) {
  const { t } = useTranslation();
  const { copy, copied, isByHand, source } = useCopy<HTMLElement>();
  const [wasCopied, setWasCopied] = useState(false);
  useEffect(() => {
    if (copied) setWasCopied(true);
  }, [copied]);
  useHold(!wasCopied);
  return (
    <Alert color="green" variant="light">
      <Text size="sm" mb="xs">
        {about}
      </Text>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Code ref={source} style={{ overflowWrap: 'anywhere', flex: 1 }} onCopy={() => setWasCopied(true)}>
          {text}
        </Code>
        <Button
          variant="default"
          onClick={() => copy(text)}
          leftSection={copied ? <Check size={14} /> : <Copy size={14} />}
        >
          {copied ? t('Copied') : t('Copy')}
        </Button>
      </Group>
      {isByHand && (
        <Text size="sm" mt="xs" role="alert">
          {t('Copy it by hand: the browser allows nothing else here. It is selected.')}
        </Text>
      )}
    </Alert>
  );
}

/** The end of a form that made a secret: what it made, and the button that closes its window. */
export function Made({ text, about, done }: { text: string; about: string; done: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <OnceShown text={text} about={about} />
      <Group justify="flex-end">
        <Button onClick={done}>{t('Done')}</Button>
      </Group>
    </Stack>
  );
}
