import { Button, Group, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Unsaved } from '@/parts/unsaved';
import { readDefinition } from './model/definition';
import type { Editing } from './use-editing';

/** The definition as JSON, for experts. What is no definition is not taken over. */
export function JsonView({ editing, readOnly }: { editing: Editing; readOnly: boolean }) {
  const { t } = useTranslation('workflows');
  const shown = JSON.stringify(editing.definition, null, 2);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const read = readDefinition(text);
  const isChanged = text !== shown;
  return (
    <div>
      <Unsaved when={isChanged} alsoTabs />
      <Textarea
        label={t('Definition as JSON')}
        autosize
        minRows={16}
        maxRows={40}
        spellCheck={false}
        readOnly={readOnly}
        styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 12.5 } }}
        value={text}
        error={read ? undefined : t('This cannot be read as a workflow.')}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {!readOnly && (
        <Group mt="sm">
          <Button disabled={!read || !isChanged} onClick={() => read && editing.set(read)}>
            {t('Take over')}
          </Button>
          <Button variant="default" disabled={!isChanged} onClick={() => setText(shown)}>
            {t('Discard')}
          </Button>
        </Group>
      )}
    </div>
  );
}
