import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { useFormat } from '@/words/format';
import classes from './panel.module.css';
import { Section } from './section';

/** What the assistant will send later, unless somebody writes before. */
export function FollowUp({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  if (!one.follow_up) return null;
  return (
    <Section title={t('Planned follow-up')}>
      <div className={classes.quiet} title={format.full(one.follow_up.at)}>
        {format.dateTime(one.follow_up.at)}
      </div>
      <div dir="auto">{one.follow_up.text}</div>
    </Section>
  );
}
