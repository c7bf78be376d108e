import { ActionIcon, Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Phone } from '@/parts/phone';
import { Loading } from '@/parts/states';
import { useConversation } from '../data/queries';
import inbox from '../inbox.module.css';
import { Initials } from '../parts/initials';
import { nameOf } from '../words';
import { Contact } from './contact';
import { FollowUp } from './follow-up';
import { Guide } from './guide';
import { Labels } from './labels';
import classes from './panel.module.css';
import { Timeline } from './timeline';

/** Everything about the customer, beside the conversation. */
export default function ContextPanel({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation('inbox');
  const { data: one } = useConversation(id);
  return (
    <aside className={inbox.side} aria-label={t('About this customer')}>
      {!one && <Loading rows={4} />}
      {one && (
        <>
          <header className={classes.head}>
            <Initials name={one.contact.name} id={one.contact.id} size={42} />
            <div className={classes.who}>
              <h2 dir="auto">{nameOf(one)}</h2>
              {one.contact.name && (
                <div>
                  <Phone number={one.contact.phone_number} />
                </div>
              )}
              <Anchor
                size="xs"
                renderRoot={(props) => (
                  <Link to="/contacts/$contactId" params={{ contactId: one.contact.id }} {...props} />
                )}
              >
                {t('Open the contact')}
              </Anchor>
            </div>
            <ActionIcon onClick={close} aria-label={t('Close')}>
              <X size={16} />
            </ActionIcon>
          </header>
          <Labels one={one} />
          <Contact one={one} />
          <FollowUp one={one} />
          <Guide one={one} />
          <Timeline contactId={one.contact.id} openId={one.id} />
        </>
      )}
    </aside>
  );
}
