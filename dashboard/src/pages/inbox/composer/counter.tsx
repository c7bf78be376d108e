import { useTranslation } from 'react-i18next';
import classes from './composer.module.css';
import { cheaper, measure } from './parts';

const MOST_PARTS = 10;

/** Parts, what fits into the last one, and the character that makes it expensive with its remedy. */
export function Counter({ text, use }: { text: string; use: (text: string) => void }) {
  const { t } = useTranslation('inbox');
  if (text.trim() === '') return null;
  const { parts, left, forcedBy } = measure(text);
  const plain = forcedBy ? cheaper(text) : null;
  const isTooLong = parts > MOST_PARTS;
  return (
    <span className={classes.counter} data-tone={isTooLong ? 'danger' : forcedBy ? 'attention' : undefined}>
      {t('{{count}} parts', { count: parts })} · {left}
      {isTooLong && ` · ${t('at most ten can be sent')}`}
      {forcedBy && ` · ${t('“{{character}}” makes it longer', { character: forcedBy })}`}
      {plain !== null && (
        <button type="button" onClick={() => use(plain)}>
          {t('Write it plainly')}
        </button>
      )}
    </span>
  );
}
