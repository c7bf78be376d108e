import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/session/me';
import { useActs } from '../data/acts';
import { useColleagues } from '../data/queries';
import { snoozeChoices } from '../data/snooze';
import { offerUndo } from '../parts/undo';
import classes from './list.module.css';

/** One action on all selected conversations. */
export function BulkBar({ ids, clear }: { ids: string[]; clear: () => void }) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const me = useMe();
  const colleagues = useColleagues();
  const run = (action: Parameters<typeof acts.bulk>[1], back?: Parameters<typeof acts.bulk>[1]) => {
    clear();
    void acts.bulk(ids, action).then(() => {
      if (back)
        offerUndo(
          t('{{count}} conversations changed', { count: ids.length }),
          () => void acts.bulk(ids, back),
        );
    });
  };
  const rest = { labels: [] };
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('Selected conversations')}>
      <strong>{t('{{count}} selected', { count: ids.length })}</strong>
      <Button
        variant="subtle"
        size="compact-xs"
        onClick={() => run({ action: 'close', ...rest }, { action: 'reopen', ...rest })}
      >
        {t('Close')}
      </Button>
      <Button variant="subtle" size="compact-xs" onClick={() => run({ action: 'read', ...rest })}>
        {t('Mark as read')}
      </Button>
      <Menu withinPortal position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" size="compact-xs">
            {t('More')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => run({ action: 'unread', ...rest })}>{t('Mark as unread')}</Menu.Item>
          <Menu.Item onClick={() => run({ action: 'reopen', ...rest })}>{t('Reopen')}</Menu.Item>
          <Menu.Label>{t('Snooze until')}</Menu.Label>
          {snoozeChoices(t).map((choice) => (
            <Menu.Item
              key={choice.name}
              onClick={() =>
                run(
                  { action: 'snooze', until: choice.until(), ...rest },
                  { action: 'snooze', until: null, ...rest },
                )
              }
            >
              {choice.name}
            </Menu.Item>
          ))}
          <Menu.Label>{t('Assign to')}</Menu.Label>
          <Menu.Item onClick={() => run({ action: 'assign', assignee: null, ...rest })}>
            {t('Nobody')}
          </Menu.Item>
          {colleagues.map((one) => (
            <Menu.Item key={one.id} onClick={() => run({ action: 'assign', assignee: one.id, ...rest })}>
              {one.id === me.user_id ? t('Me') : one.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="subtle" size="compact-xs" color="gray" onClick={clear}>
        {t('Cancel')}
      </Button>
    </div>
  );
}
