import { ActionIcon, Button, Menu } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Download, Merge, MessageSquarePlus, MoreHorizontal, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api } from '@/api/client';
import { useCommands } from '@/app/commands';
import { Page } from '@/parts/page';
import { Failure, Loading } from '@/parts/states';
import { tellFailed } from '@/parts/told';
import { WayBack } from '@/parts/way-back';
import { useMay } from '@/session/me';
import { type Contact, nameOf } from './changes';
import { Consent } from './consent';
import classes from './contacts.module.css';
import { Details } from './details';
import { Erase } from './erase';
import { EditContact } from './form';
import { Labels } from './labels';
import { MergeWith } from './merge';
import { Merges } from './merges';
import { StartConversation } from './start';
import { Timeline } from './timeline';

type Opened = 'edit' | 'merge' | 'erase' | 'start' | null;

export default function OneContact() {
  const { t } = useTranslation('contacts');
  const { contactId } = useParams({ from: '/signed-in/contacts/$contactId' });
  const navigate = useNavigate();
  const found = $api.useQuery('get', '/api/contacts/{contact_id}', {
    params: { path: { contact_id: contactId } },
  });
  const contact = found.data;
  // A merged id answers with the survivor: the address follows.
  useEffect(() => {
    if (contact && contact.id !== contactId)
      void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id }, replace: true });
  }, [contact, contactId, navigate]);
  if (found.error && !contact)
    return (
      <Page title={t('Contact')}>
        <Failure error={found.error} retry={() => void found.refetch()} />
        <BackToList />
      </Page>
    );
  if (!contact) return <Loading />;
  return <Shown contact={contact} key={contact.id} />;
}

function BackToList() {
  const { t } = useTranslation('contacts');
  return <WayBack to="/contacts">{t('All contacts')}</WayBack>;
}

function Shown({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const [opened, setOpened] = useState<Opened>(null);
  const mayWork = useMay('agent');
  const close = () => setOpened(null);
  useCommands(
    mayWork
      ? [
          { id: 'contact edit', label: t('Edit contact'), keys: 'e', run: () => setOpened('edit') },
          { id: 'contact start', label: t('Start a conversation'), keys: 'c', run: () => setOpened('start') },
          {
            id: 'contact merge',
            label: t('Merge with another contact'),
            keys: '',
            run: () => setOpened('merge'),
          },
        ]
      : [],
  );
  return (
    <Page
      wide
      title={nameOf(contact)}
      about={<BackToList />}
      actions={mayWork && <Actions contact={contact} open={setOpened} />}
    >
      <div className={classes.columns}>
        <div className={classes.side}>
          <Details contact={contact} />
          <Labels contact={contact} />
          <Consent contact={contact} />
          <Merges contact={contact} />
        </div>
        <Timeline contactId={contact.id} />
      </div>
      <EditContact opened={opened === 'edit'} close={close} contact={contact} />
      <MergeWith opened={opened === 'merge'} close={close} contact={contact} />
      <Erase opened={opened === 'erase'} close={close} contact={contact} />
      <StartConversation opened={opened === 'start'} close={close} contact={contact} />
    </Page>
  );
}

function Actions({ contact, open }: { contact: Contact; open: (what: Opened) => void }) {
  const { t } = useTranslation('contacts');
  const isAdmin = useMay('admin');
  return (
    <>
      <Button
        leftSection={<MessageSquarePlus size={14} />}
        disabled={!contact.phone_number}
        onClick={() => open('start')}
      >
        {t('Start a conversation')}
      </Button>
      <Button variant="default" leftSection={<Pencil size={14} />} onClick={() => open('edit')}>
        {t('Edit')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t('More actions')}>
            <MoreHorizontal size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Merge size={14} />} onClick={() => open('merge')}>
            {t('Merge with another contact')}
          </Menu.Item>
          {isAdmin && (
            <>
              <Menu.Item leftSection={<Download size={14} />} onClick={() => void download(contact.id)}>
                {t('Export everything as JSON')}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => open('erase')}>
                {t('Erase this person')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

async function download(contactId: string): Promise<void> {
  try {
    const { data } = await api.GET('/api/contacts/{contact_id}/export', {
      params: { path: { contact_id: contactId } },
      parseAs: 'blob',
    });
    save(data as unknown as Blob, `contact-${contactId}.json`);
  } catch (error) {
    tellFailed(error);
  }
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
