import { ActionIcon, Button, Menu } from '@mantine/core';
import { ArrowLeft, Check, Clock, MoreHorizontal, PanelRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/live/frames';
import { Phone } from '@/parts/phone';
import { useMay, useMe } from '@/session/me';
import { useFormat } from '@/words/format';
import { useActs } from '../data/acts';
import { useColleagues } from '../data/queries';
import { snoozeChoices } from '../data/snooze';
import { needsWords } from '../words';
import classes from './head.module.css';
import { Presence } from './presence';

interface HeadProps {
  one: Conversation;
  back: () => void;
  toggleSide: () => void;
  isSideOpen: boolean;
}

export function ThreadHead({ one, back, toggleSide, isSideOpen }: HeadProps) {
  const { t } = useTranslation('inbox');
  const mayWork = useMay('agent');
  const acts = useActs();
  return (
    <header className={classes.head}>
      <div className={classes.line}>
        <ActionIcon className={classes.back} size="lg" onClick={back} aria-label={t('Back to the list')}>
          <ArrowLeft size={18} />
        </ActionIcon>
        <div className={classes.who}>
          <h2 className={classes.name} dir="auto">
            {one.contact.name || <Phone number={one.contact.phone_number} />}
          </h2>
          <div className={classes.under}>
            {one.contact.name && <Phone number={one.contact.phone_number} />}
            <AssignedTo one={one} />
            <Presence id={one.id} />
          </div>
        </div>
        {mayWork && <Mode one={one} />}
        {mayWork && (
          <Button
            variant={one.ai_mode === 'off' ? 'default' : 'light'}
            className={classes.take}
            onClick={() => void (one.ai_mode === 'off' ? acts.giveBack(one) : acts.takeOver(one))}
            title={
              one.ai_mode === 'off'
                ? t('The assistant answers here again (t)')
                : t('You answer; the assistant is silent here (t)')
            }
          >
            {one.ai_mode === 'off' ? t('Give back') : t('Take over')}
          </Button>
        )}
        {mayWork && (
          <ActionIcon
            size="lg"
            className={classes.wide}
            onClick={() => void (one.state === 'open' ? acts.close(one) : acts.reopen(one))}
            aria-label={one.state === 'open' ? t('Close the conversation') : t('Reopen the conversation')}
            title={`${one.state === 'open' ? t('Close the conversation') : t('Reopen the conversation')} (d)`}
          >
            <Check size={18} />
          </ActionIcon>
        )}
        {mayWork && <MoreMenu one={one} />}
        <ActionIcon
          size="lg"
          onClick={toggleSide}
          aria-expanded={isSideOpen}
          aria-label={t('About this customer')}
          title={t('About this customer')}
        >
          <PanelRight size={18} />
        </ActionIcon>
      </div>
      <State one={one} />
    </header>
  );
}

function AssignedTo({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const me = useMe();
  const colleagues = useColleagues();
  if (!one.assignee) return null;
  if (one.assignee === me.user_id) return <span>{t('Assigned to you')}</span>;
  const name = colleagues.find((other) => other.id === one.assignee)?.name;
  return <span>{name ? t('Assigned to {{name}}', { name }) : t('Assigned to a colleague')}</span>;
}

const MODES = ['off', 'suggest', 'auto'] as const;

/** Who answers here: nobody but people, people with suggestions, or the assistant. */
function Mode({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const names = { off: t('Off'), suggest: t('Suggest'), auto: t('Auto') };
  const abouts = {
    off: t('People answer'),
    suggest: t('The assistant suggests, people send'),
    auto: t('The assistant answers by itself'),
  };
  return (
    <div role="radiogroup" aria-label={t('Assistant mode')} className={classes.mode}>
      {MODES.map((mode) => (
        <label key={mode} data-on={one.ai_mode === mode || undefined} title={abouts[mode]}>
          <input
            type="radio"
            name={`mode ${one.id}`}
            checked={one.ai_mode === mode}
            onChange={() => void acts.patch(one, { ai_mode: mode })}
          />
          {names[mode]}
        </label>
      ))}
    </div>
  );
}

function MoreMenu({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const acts = useActs();
  const me = useMe();
  const colleagues = useColleagues();
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t('More actions')} title={t('More actions')}>
          <MoreHorizontal size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: 'auto' }}>
        <Menu.Item onClick={() => void (one.state === 'open' ? acts.close(one) : acts.reopen(one))}>
          {one.state === 'open' ? t('Close the conversation') : t('Reopen the conversation')}
        </Menu.Item>
        <Menu.Item onClick={() => void acts.unread(one)}>{t('Mark as unread')}</Menu.Item>
        {one.state === 'open' && (
          <>
            <Menu.Label>{t('Snooze until')}</Menu.Label>
            {one.snoozed_until && (
              <Menu.Item onClick={() => void acts.snooze(one, null)}>{t('Wake now')}</Menu.Item>
            )}
            {snoozeChoices(t).map((choice) => (
              <Menu.Item key={choice.name} onClick={() => void acts.snooze(one, choice.until())}>
                {choice.name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Label>{t('Assign to')}</Menu.Label>
        {one.assignee && (
          <Menu.Item onClick={() => void acts.patch(one, { assignee: null, ai_mode: one.ai_mode })}>
            {t('Nobody')}
          </Menu.Item>
        )}
        {colleagues
          .filter((other) => other.role !== 'viewer' && other.id !== one.assignee)
          .map((other) => (
            <Menu.Item
              key={other.id}
              onClick={() => void acts.patch(one, { assignee: other.id, ai_mode: 'off' })}
            >
              {other.id === me.user_id ? t('Me') : other.name}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What is unusual about this conversation, and what can be done. */
function State({ one }: { one: Conversation }) {
  const { t } = useTranslation('inbox');
  const format = useFormat();
  const acts = useActs();
  const mayWork = useMay('agent');
  return (
    <>
      {one.needs_person && (
        <div className={classes.state} data-tone="attention" role="note">
          <span>
            <strong>{needsWords(one.needs_person.reason, t)}</strong>
            {one.needs_person.detail && <span dir="auto"> · {one.needs_person.detail}</span>}
            {one.needs_person.paused && <span> · {t('the assistant is silent until a person writes')}</span>}
          </span>
        </div>
      )}
      {one.opted_out && (
        <div className={classes.state} data-tone="danger" role="note">
          {t('This person opted out. Texts to them are not sent.')}
        </div>
      )}
      {one.snoozed_until && (
        <div className={classes.state} role="note">
          <Clock size={13} aria-hidden />
          <span title={format.full(one.snoozed_until)}>
            {t('Snoozed until {{moment}}', { moment: format.dateTime(one.snoozed_until) })}
          </span>
          {mayWork && (
            <Button variant="subtle" size="compact-xs" onClick={() => void acts.snooze(one, null)}>
              {t('Wake now')}
            </Button>
          )}
        </div>
      )}
      {one.state === 'closed' && (
        <div className={classes.state} role="note">
          <span>{t('Closed. It reopens when somebody writes.')}</span>
          {mayWork && (
            <Button variant="subtle" size="compact-xs" onClick={() => void acts.reopen(one)}>
              {t('Reopen')}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
