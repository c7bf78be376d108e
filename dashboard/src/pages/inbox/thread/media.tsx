import { FileText, ImageOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/live/frames';
import classes from './bubble.module.css';

type Media = Message['media'][number];

/** Pictures and files. Only what Parley keeps is loaded; what lies on other servers is named, not fetched. */
export function MediaList({ media }: { media: Media[] }) {
  return (
    <div className={classes.media}>
      {media.map((one) => (
        <OneMedia key={one.id ?? one.url} one={one} />
      ))}
    </div>
  );
}

function OneMedia({ one }: { one: Media }) {
  const { t } = useTranslation('inbox');
  if (one.state === 'awaited') return <span className={classes.file}>{t('A picture is being fetched')}</span>;
  if (one.state === 'missing')
    return (
      <span className={classes.file}>
        <ImageOff size={15} aria-hidden /> {t('This could not be fetched')}: {one.reason.replaceAll('_', ' ')}
      </span>
    );
  if (!one.url.startsWith('/api/media/'))
    return (
      <span className={classes.file}>{t('A file on another server: {{address}}', { address: one.url })}</span>
    );
  if (one.content_type.startsWith('image/'))
    return (
      <a href={one.url} target="_blank" rel="noopener noreferrer">
        <img src={one.url} alt={t('Picture')} loading="lazy" className={classes.picture} />
      </a>
    );
  return (
    <a href={one.url} target="_blank" rel="noopener noreferrer" className={classes.file}>
      <FileText size={15} aria-hidden /> {t('File')} · {one.content_type}
    </a>
  );
}
