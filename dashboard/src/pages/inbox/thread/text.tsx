import { useTranslation } from 'react-i18next';
import classes from './messages.module.css';

const LINK = /(https?:\/\/[^\s<>"']{1,1000})/gi;

/** Pieces of one text have no other name than their place. */
const keyOf = (n: number) => `piece ${n}`;

/** What somebody wrote, as text. A link is shown as it stands and opens only after asking. */
export function PlainText({ text }: { text: string }) {
  const pieces = text.split(LINK);
  return (
    <div className={classes.text} dir="auto">
      {pieces.map((piece, n) =>
        n % 2 ? <AskedLink key={keyOf(n)} address={piece} /> : <span key={keyOf(n)}>{piece}</span>,
      )}
    </div>
  );
}

function AskedLink({ address }: { address: string }) {
  const { t } = useTranslation('inbox');
  const ask = () => {
    if (window.confirm(t('Open this link from a text? {{address}}', { address })))
      window.open(address, '_blank', 'noopener,noreferrer');
  };
  return (
    <button type="button" className={classes.link} onClick={ask} dir="ltr">
      {address}
    </button>
  );
}
