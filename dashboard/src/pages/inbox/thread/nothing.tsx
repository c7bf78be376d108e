import { Kbd } from '@mantine/core';
import { MessageSquareText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Filters } from '@/live/inbox';
import { Empty } from '@/parts/states';
import classes from './thread.module.css';

export function NothingOpen(_: { filters: Filters }) {
  const { t } = useTranslation('inbox');
  return (
    <div className={classes.nothing} data-pane="thread">
      <Empty icon={<MessageSquareText size={30} aria-hidden />} title={t('No conversation is open')}>
        {t('Choose one on the left, or go through them with the keys')} <Kbd>j</Kbd> <Kbd>k</Kbd>
        {'. '}
        {t('All keys:')} <Kbd>?</Kbd>
      </Empty>
    </div>
  );
}
