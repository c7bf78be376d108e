import { useTranslation } from 'react-i18next';
import classes from './messages.module.css';

/** Without characters that are not seen or turn the direction: with them an address could look like another. */
const LINK = /(https?:\/\/[^\s<>"'\p{Cf}]{1,1000})/giu;

/** Pieces of one text have no other name than their place. */
const keyOf = (n: number) => `piece ${n}`;

/** Words and links in turn. */
export const piecesOf = (text: string): string[] => text.split(LINK);

/** What somebody wrote, as text. A link is shown as it stands and opens only after asking. */
export function PlainText({ text }: { text: string }) {
  if (!text.includes('://'))
    return (
      <div className={classes.text} dir="auto">
        {text}
      </div>
    );
  const pieces = piecesOf(text);
  return (
    <div className={classes.text} dir="auto">
      {pieces.map((piece, n) =>
        n % 2 ? <AskedLink key={keyOf(n)} address={piece} /> : <span key={keyOf(n)}>{piece}</span>,
      )}
    </div>
  );
}

/** As the browser will open it: a host in letters of other alphabets shows its true name. */
export function asOpened(address: string): string | null {
  try {
    return new URL(address).href;
  } catch {
    return null;
  }
}

function AskedLink({ address }: { address: string }) {
  const { t } = useTranslation('inbox');
  const ask = () => {
    const href = asOpened(address);
    if (href && window.confirm(t('Open this link from a text? {{address}}', { address: href })))
      window.open(href, '_blank', 'noopener,noreferrer');
  };
  return (
    <button type="button" className={classes.link} onClick={ask} dir="ltr">
      {address}
    </button>
  );
}
