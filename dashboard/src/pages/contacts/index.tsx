import { Badge, Button, Group, Table, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Search, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api } from '@/api/client';
import { useCommands } from '@/app/commands';
import { Moment } from '@/parts/moment';
import { byCursor, itemsOf, More } from '@/parts/more';
import { Page } from '@/parts/page';
import { Phone } from '@/parts/phone';
import rowStyles from '@/parts/rows.module.css';
import { Empty, Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import { type Contact, nameOf } from './changes';
import classes from './contacts.module.css';
import { ErasureProgress } from './erase';
import { EditContact } from './form';
import { LabelBadges } from './labels';

export default function Contacts() {
  const { t } = useTranslation('contacts');
  const search = useSearch({ from: '/signed-in/contacts' });
  const navigate = useNavigate();
  const [isNew, setNew] = useState(false);
  const mayWork = useMay('agent');
  const find = useDebouncedCallback(
    (q: string) => void navigate({ to: '/contacts', search: { q: q || undefined }, replace: true }),
    250,
  );
  useCommands(
    mayWork ? [{ id: 'contacts new', label: t('New contact'), keys: 'n', run: () => setNew(true) }] : [],
  );
  return (
    <Page
      wide
      title={t('Contacts')}
      about={t('Everyone you text with, whatever channel they came by.')}
      actions={
        mayWork && (
          <Button leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
            {t('New contact')}
          </Button>
        )
      }
    >
      {search.erasure && <ErasureProgress id={search.erasure} />}
      <TextInput
        type="search"
        maw={420}
        mb="md"
        leftSection={<Search size={15} aria-hidden />}
        aria-label={t('Search contacts')}
        placeholder={t('Name, company, number, e-mail or field')}
        defaultValue={search.q ?? ''}
        onChange={(event) => find(event.currentTarget.value)}
      />
      <Found q={search.q} />
      <EditContact
        opened={isNew}
        close={() => setNew(false)}
        done={(contact) => void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } })}
      />
    </Page>
  );
}

function Found({ q }: { q: string | undefined }) {
  const { t } = useTranslation('contacts');
  const list = $api.useInfiniteQuery(
    'get',
    '/api/contacts',
    { params: { query: { q, limit: 50 } } },
    byCursor,
  );
  if (list.isLoadingError) return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const contacts = itemsOf(list.data);
  if (contacts.length === 0)
    return q ? (
      <Empty title={t('Nobody fits')}>
        {t('No contact has “{{q}}” in a name, number, address or field.', { q })}
      </Empty>
    ) : (
      <Empty title={t('No contacts yet')} icon={<UserRound size={28} aria-hidden />}>
        {t('A contact appears here when somebody texts you, when you import a file, or when you add one.')}
      </Empty>
    );
  return (
    <>
      <Table aria-label={t('Contacts')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Name')}</Table.Th>
            <Table.Th>{t('Number or address')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Company')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('Labels')}</Table.Th>
            <Table.Th visibleFrom="md">{t('Since')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <Row key={contact.id} contact={contact} />
          ))}
        </Table.Tbody>
      </Table>
      <More of={list} />
    </>
  );
}

function Row({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const others = contact.phone_numbers.length + contact.emails.length - 1;
  return (
    <Table.Tr className={rowStyles.row}>
      <Table.Td className={classes.first}>
        <Group gap="xs" wrap="nowrap">
          <Link
            to="/contacts/$contactId"
            params={{ contactId: contact.id }}
            className={rowStyles.name}
            dir="auto"
          >
            {nameOf(contact)}
          </Link>
          {contact.opted_out && (
            <Badge size="xs" color="red" variant="light">
              {t('No texts')}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        {contact.phone_number ? <Phone number={contact.phone_number} /> : (contact.emails[0] ?? '–')}
        {others > 0 && <span className={rowStyles.quiet}> {t('+{{count}} more', { count: others })}</span>}
      </Table.Td>
      <Table.Td visibleFrom="sm" dir="auto">
        {contact.company ?? '–'}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <LabelBadges labels={contact.labels} />
      </Table.Td>
      <Table.Td visibleFrom="md" className={rowStyles.quiet}>
        {contact.created_at ? <Moment at={contact.created_at} /> : '–'}
      </Table.Td>
    </Table.Tr>
  );
}
