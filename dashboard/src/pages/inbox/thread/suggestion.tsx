import { Button } from '@mantine/core';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { useFormat } from '@/words/format';
import { measure } from '../composer/parts';
import { useActs } from '../data/acts';
import { draftReasonWords } from '../words';
import { AnswerWhy } from './answer-why';
import classes from './suggestion.module.css';

type Draft = NonNullable<Conversation['draft']>;

interface SuggestionProps {
  one: Conversation;
  draft: Draft;
  mayWork: boolean;
  edit: () => void;
}

/** An answer of the assistant that waits for a person. It looks unlike a text that was sent. */
export function Suggestion({ one, draft, mayWork, edit }: SuggestionProps) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const [isWhyOpen, setWhyOpen] = useState(false);
  return (
    <section className={classes.card} aria-label={t('Suggested reply')}>
      <header className={classes.head}>
        <Sparkles size={14} aria-hidden />
        <strong>{t('Suggested reply')}</strong>
        <span className={classes.quiet}>{t('{{count}} parts', { count: measure(draft.text).parts })}</span>
        {draft.why && (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={isWhyOpen}
            onClick={() => setWhyOpen(!isWhyOpen)}
          >
            {t('Reasons')}
          </button>
        )}
      </header>
      <div className={classes.text} dir="auto">
        {draft.text}
      </div>
      <Warnings draft={draft} />
      {isWhyOpen && draft.why && (
        <div className={classes.why}>
          <AnswerWhy why={draft.why} />
        </div>
      )}
      {mayWork && (
        <div className={classes.buttons}>
          <Button onClick={() => void acts.approve(one)} title={`${t('Approve')} (a)`}>
            {t('Approve')}
          </Button>
          <Button variant="default" onClick={edit} title={`${t('Edit')} (e)`}>
            {t('Edit')}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => void acts.reject(one)}>
            {t('Reject')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** What to check first, and what approving does beside sending. */
function Warnings({ draft }: { draft: Draft }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const reason = draftReasonWords(draft.reason, t);
  const claims = draft.ungrounded ?? [];
  const acts = draft.acts ?? [];
  return (
    <>
      {reason && <p className={classes.quiet}>{reason}</p>}
      {claims.length > 0 && (
        <p className={classes.claims}>
          {t('Check first:')} {claims.map((claim) => `“${claim.words}”`).join(', ')}
        </p>
      )}
      {acts.length > 0 && (
        <ul className={classes.acts}>
          {acts.map((act) => (
            <li key={act.kind + act.name + act.value}>
              {act.kind === 'label' && t('Adds the label {{name}}', { name: act.name })}
              {act.kind === 'set_field' &&
                t('Notes {{name}}: {{value}}', { name: act.name, value: act.value })}
              {act.kind === 'close' && t('Closes the conversation')}
              {act.kind === 'follow_up' &&
                t('Plans a follow-up for {{moment}}', { moment: act.at ? format.dateTime(act.at) : '' })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
