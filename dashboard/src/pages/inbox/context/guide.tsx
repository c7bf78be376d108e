import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { useMay } from '@/session/me';
import { useActs } from '../data/acts';
import classes from './panel.module.css';
import { Section } from './section';

const LONGEST = 8_000;

/** Instructions for the assistant in this one conversation; they come before the tenant's guides. */
export function Guide({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const mayWork = useMay('agent');
  const [text, setText] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isChanged = text !== null && text !== one.guide;
  async function save() {
    if (text === null) return;
    setBusy(true);
    if (await acts.patch(one, { guide: text })) setText(null);
    setBusy(false);
  }
  return (
    <Section title={t('Guide for this conversation')}>
      <Textarea
        size="xs"
        rows={text !== null || one.guide ? 4 : 2}
        maxLength={LONGEST}
        readOnly={!mayWork}
        value={text ?? one.guide}
        onChange={(event) => setText(event.target.value)}
        placeholder={t('For example: she has a nut allergy; offer delivery on Tuesday.')}
        aria-label={t('Guide for this conversation')}
        dir="auto"
      />
      {isChanged && (
        <div className={classes.buttons}>
          <Button size="compact-xs" loading={isBusy} onClick={() => void save()}>
            {t('Save')}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setText(null)}>
            {t('Cancel')}
          </Button>
        </div>
      )}
      <p className={classes.quiet}>{t('It counts from the customer’s next text on.')}</p>
    </Section>
  );
}
