import { useTranslation } from 'react-i18next';
import type { Schemas } from '@/api/client';
import classes from './why.module.css';

/** How the assistant came to a text: which assistant and guide, by which rule, from which passages, after which checks. */
export function AnswerWhy({
  why,
}: {
  why: Schemas['conversation__api__schemas__AnswerWhyOut'] | Schemas['sender__api__schemas__AnswerWhyOut'];
}) {
  const { t } = useTranslation('inbox');
  return (
    <div className={classes.answer}>
      <div>
        <b>{why.assistant_name || t('Assistant')}</b> · {t('version {{version}}', { version: why.version })}
        {why.assistant_rule && <span className={classes.rule}> · {why.assistant_rule}</span>}
      </div>
      {why.guide_name && (
        <div>
          <b>{t('Guide')}</b> {why.guide_name}
          {why.guide_rule && <span className={classes.rule}> · {why.guide_rule}</span>}
        </div>
      )}
      {why.intent && (
        <div>
          <b>{t('Understood as')}</b> {why.intent}
        </div>
      )}
      {why.passages.length > 0 && (
        <details>
          <summary>{t('{{count}} passages of your knowledge', { count: why.passages.length })}</summary>
          {why.passages.map((passage) => (
            <blockquote key={passage.knowledge_id + passage.text.slice(0, 20)} dir="auto">
              <b>{passage.title}</b>
              {passage.text && <p>{passage.text}</p>}
            </blockquote>
          ))}
        </details>
      )}
      {why.guards.length > 0 && (
        <div>
          <b>{t('Checks')}</b> {why.guards.map((guard) => guard.replaceAll('_', ' ')).join(', ')}
        </div>
      )}
      {why.tokens_prompt > 0 && (
        <div className={classes.rule}>
          {t('{{count}} tokens', { count: why.tokens_prompt + why.tokens_completion })}
        </div>
      )}
    </div>
  );
}
