import { Code, Text } from '@mantine/core';

/** The address that another system is given. */
export function WebhookAddress({ url, about }: { url: string; about: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{url}</Code>
    </div>
  );
}
