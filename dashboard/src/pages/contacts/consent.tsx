import { Badge, Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, type Schemas } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { Moment } from '@/parts/moment';
import { Phone } from '@/parts/phone';
import { Section } from '@/parts/section';
import { Failure, Loading } from '@/parts/states';
import { useMay } from '@/session/me';
import type { Contact } from './changes';
import classes from './contacts.module.css';

type Entry = Schemas['ConsentEntryOut'];

/** Whether this person may be texted, number by number, and how we know. */
export function Consent({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const mayWork = useMay('agent');
  const [isOpen, setOpen] = useState(false);
  const [isAsking, setAsking] = useState(false);
  return (
    <Section
      title={t('Consent')}
      actions={
        mayWork &&
        contact.phone_number && (
          <Button variant="subtle" size="compact-xs" onClick={() => setAsking(true)}>
            {t('Record')}
          </Button>
        )
      }
    >
      <Stack gap={8}>
        {contact.phone_numbers.map((number) => (
          <OfNumber key={number} number={number} consent={contact.consent[number]} />
        ))}
        {contact.phone_numbers.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('There is no number to text.')}
          </Text>
        )}
      </Stack>
      <Button
        variant="subtle"
        size="compact-xs"
        mt="xs"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? t('Hide history') : t('Show history')}
      </Button>
      {isOpen && <Ledger contactId={contact.id} />}
      <RecordConsent contact={contact} opened={isAsking} close={() => setAsking(false)} />
    </Section>
  );
}

function OfNumber({ number, consent }: { number: string; consent: Schemas['ConsentOut'] | undefined }) {
  const { t } = useTranslation('contacts');
  const says = consent?.opted_out
    ? t('No texts: they said stop')
    : consent?.state === 'in'
      ? t('Wants texts')
      : t('Nothing recorded; texts may be sent');
  return (
    <div>
      <Group gap="xs" justify="space-between">
        <Text size="sm">
          <Phone number={number} />
        </Text>
        <Badge
          size="sm"
          tt="none"
          variant="light"
          color={consent?.opted_out ? 'red' : consent?.state === 'in' ? 'green' : 'gray'}
        >
          {says}
        </Badge>
      </Group>
      {consent?.at && (
        <Text size="xs" c="dimmed">
          {t('since')} <Moment at={consent.at} />
        </Text>
      )}
    </div>
  );
}

function Ledger({ contactId }: { contactId: string }) {
  const { t } = useTranslation('contacts');
  const read = $api.useQuery('get', '/api/contacts/{contact_id}/consent', {
    params: { path: { contact_id: contactId } },
  });
  if (read.isLoadingError) return <Failure error={read.error} retry={() => void read.refetch()} />;
  if (!read.data) return <Loading rows={2} height={20} />;
  if (read.data.entries.length === 0)
    return (
      <Text size="xs" c="dimmed" mt="xs">
        {t('Nothing was recorded so far.')}
      </Text>
    );
  return (
    <ul className={classes.ledger}>
      {read.data.entries.map((entry) => (
        <LedgerEntry key={entry.entry_id} entry={entry} />
      ))}
    </ul>
  );
}

function LedgerEntry({ entry }: { entry: Entry }) {
  const { t } = useTranslation('contacts');
  const evidence = entry.evidence as { kind?: string; text?: string };
  const kinds: Record<string, string> = {
    keyword: t('a keyword in a text'),
    phrase: t('the words of a text'),
    carrier: t('told by the carrier'),
    agent: t('recorded by a colleague'),
    import: t('from an import'),
    api: t('recorded by another program'),
  };
  return (
    <li>
      <b>{entry.state === 'out' ? t('Out') : t('In')}</b> · {entry.contact} ·{' '}
      <Moment at={entry.effective_at} long />
      <br />
      {kinds[evidence.kind ?? ''] ?? evidence.kind}
      {evidence.text && <span dir="auto">: “{evidence.text}”</span>}
    </li>
  );
}

interface RecordProps {
  contact: Contact;
  opened: boolean;
  close: () => void;
}

function RecordConsent({ contact, opened, close }: RecordProps) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const [state, setState] = useState<'in' | 'out'>('out');
  const [number, setNumber] = useState<string | null>(null);
  const [note, setNote] = useState('');
  useEffect(() => {
    if (!opened) return;
    setNote('');
    setNumber(null);
  }, [opened]);
  const record = $api.useMutation('post', '/api/contacts/{contact_id}/consent', {
    onSuccess: async () => {
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/contacts/{contact_id}'),
      });
      close();
    },
  });
  return (
    <Dialog opened={opened} close={close} title={t('Record consent')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          record.mutate({
            params: { path: { contact_id: contact.id } },
            body: { state, note, phone_number: number },
          });
        }}
      >
        <Stack gap="sm">
          <Select
            label={t('What they said')}
            allowDeselect={false}
            value={state}
            onChange={(value) => setState(value as 'in' | 'out')}
            data={[
              { value: 'out', label: t('They want no more texts') },
              { value: 'in', label: t('They want texts again') },
            ]}
          />
          <Select
            label={t('Number')}
            clearable
            placeholder={state === 'out' ? t('All numbers') : t('The primary number')}
            data={contact.phone_numbers}
            value={number}
            onChange={setNumber}
          />
          <Textarea
            label={t('How you know')}
            description={t('Kept as evidence.')}
            required
            withAsterisk={false}
            maxLength={500}
            autosize
            minRows={2}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <FormFoot
            deed={t('Record')}
            busy={record.isPending}
            disabled={!note.trim()}
            problem={record.error ? asProblem(record.error).detail : undefined}
            cancel={close}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
