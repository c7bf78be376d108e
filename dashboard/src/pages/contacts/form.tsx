import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asProblem } from '@/api/problem';
import { Dialog } from '@/parts/dialog';
import { FormFoot } from '@/parts/form-foot';
import { type Contact, type ContactForm, changesOf, creationOf, emptyForm, formOf } from './changes';
import classes from './contacts.module.css';

interface EditProps {
  opened: boolean;
  close: () => void;
  /** Left out: a new contact. */
  contact?: Contact;
  done?: (contact: Contact) => void;
}

/** Makes a contact or changes one. */
export function EditContact({ opened, close, contact, done }: EditProps) {
  const { t } = useTranslation('contacts');
  const queries = useQueryClient();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useForm<ContactForm>({ initialValues: emptyForm() });
  // As it was read when it was opened: what is typed changes that.
  const read = useRef(contact);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form begins anew when it is opened, not while one types
  useEffect(() => {
    if (!opened) return;
    read.current = contact;
    form.setValues(contact ? formOf(contact) : emptyForm());
    setProblem('');
  }, [opened]);

  async function save(values: ContactForm) {
    setBusy(true);
    setProblem('');
    try {
      const saved = read.current ? await change(read.current, values) : await create(values);
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/contacts'),
      });
      close();
      done?.(saved);
    } catch (error) {
      const { detail, fields } = asProblem(error);
      setProblem([detail, ...fields.map(({ problem }) => problem)].join(' '));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog opened={opened} close={close} size="lg" title={contact ? t('Edit contact') : t('New contact')}>
      <form onSubmit={form.onSubmit((values) => void save(values))}>
        <Stack gap="sm">
          <Group grow align="flex-start">
            <TextInput label={t('Name')} data-autofocus {...form.getInputProps('name')} />
            <TextInput label={t('Company')} {...form.getInputProps('company')} />
          </Group>
          <Select
            label={t('Time zone')}
            description={t('Empty: as the number tells. Campaigns and workflows keep to its hours.')}
            data={Intl.supportedValuesOf('timeZone')}
            searchable
            clearable
            limit={60}
            {...form.getInputProps('timezone')}
          />
          <Texts
            form={form}
            of="numbers"
            title={t('Phone numbers')}
            one={t('Phone number')}
            add={t('Add a number')}
          />
          <Texts
            form={form}
            of="emails"
            title={t('E-mail addresses')}
            one={t('E-mail address')}
            add={t('Add an address')}
          />
          <Pairs
            form={form}
            of="fields"
            title={t('Own fields')}
            name={t('Field')}
            value={t('Value')}
            add={t('Add a field')}
          />
          <Pairs
            form={form}
            of="ids"
            title={t('Ids in other systems')}
            name={t('System')}
            value={t('Id')}
            add={t('Add an id')}
          />
          <FormFoot deed={contact ? t('Save') : t('Create')} busy={isBusy} problem={problem} cancel={close} />
        </Stack>
      </form>
    </Dialog>
  );
}

async function change(contact: Contact, form: ContactForm): Promise<Contact> {
  const body = changesOf(contact, form);
  if (Object.keys(body).length === 0) return contact;
  const { data } = await api.PATCH('/api/contacts/{contact_id}', {
    params: { path: { contact_id: contact.id } },
    body,
  });
  return data as Contact;
}

async function create(form: ContactForm): Promise<Contact> {
  const { data } = await api.POST('/api/contacts', { body: creationOf(form) });
  const made = data as Contact;
  const isMore = form.numbers.length > 1 || form.emails.length > 1;
  // The server has spelled the first number; the others are added behind it.
  return isMore
    ? await change(made, {
        ...form,
        numbers: [...made.phone_numbers, ...form.numbers.slice(1)],
        emails: [...made.emails, ...form.emails.slice(1)],
      })
    : made;
}

interface ListProps {
  form: UseFormReturnType<ContactForm>;
  title: string;
  add: string;
}

function Texts({ form, of, title, one, add }: ListProps & { of: 'numbers' | 'emails'; one: string }) {
  return (
    <Rows title={title} add={add} addRow={() => form.insertListItem(of, '')}>
      {form.values[of].map((_, n) => (
        <Row key={`${of} ${n.toString()}`} remove={() => form.removeListItem(of, n)} what={`${one} ${n + 1}`}>
          <TextInput
            flex={1}
            type={of === 'numbers' ? 'tel' : 'email'}
            aria-label={`${one} ${n + 1}`}
            {...form.getInputProps(`${of}.${n}`)}
          />
        </Row>
      ))}
    </Rows>
  );
}

interface PairsProps extends ListProps {
  of: 'fields' | 'ids';
  name: string;
  value: string;
}

function Pairs({ form, of, title, name, value, add }: PairsProps) {
  return (
    <Rows title={title} add={add} addRow={() => form.insertListItem(of, { name: '', value: '' })}>
      {form.values[of].map((_, n) => (
        <Row
          key={`${of} ${n.toString()}`}
          remove={() => form.removeListItem(of, n)}
          what={`${name} ${n + 1}`}
        >
          <TextInput
            flex={1}
            aria-label={`${name} ${n + 1}`}
            placeholder={name}
            {...form.getInputProps(`${of}.${n}.name`)}
          />
          <TextInput
            flex={2}
            aria-label={`${value} ${n + 1}`}
            placeholder={value}
            {...form.getInputProps(`${of}.${n}.value`)}
          />
        </Row>
      ))}
    </Rows>
  );
}

function Rows({
  title,
  add,
  addRow,
  children,
}: {
  title: string;
  add: string;
  addRow: () => void;
  children: ReactNode;
}) {
  return (
    <fieldset className={classes.rows}>
      <Text component="legend" size="sm" fw={500} mb={4}>
        {title}
      </Text>
      <Stack gap={6}>
        {children}
        <div>
          <Button variant="subtle" size="compact-xs" leftSection={<Plus size={12} />} onClick={addRow}>
            {add}
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}

function Row({ children, remove, what }: { children: ReactNode; remove: () => void; what: string }) {
  const { t } = useTranslation('contacts');
  return (
    <Group gap={6} wrap="nowrap">
      {children}
      <ActionIcon onClick={remove} aria-label={t('Remove {{what}}', { what })}>
        <X size={14} />
      </ActionIcon>
    </Group>
  );
}
