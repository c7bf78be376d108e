import { Badge, Text, UnstyledButton } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '@/parts/copy';
import { Phone } from '@/parts/phone';
import rowStyles from '@/parts/rows.module.css';
import { Section } from '@/parts/section';
import { useFormat } from '@/words/format';
import type { Contact } from './changes';

/** Who this is: names, every identifier, and the fields of the business. */
export function Details({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts');
  const format = useFormat();
  const fields = Object.entries(contact.fields);
  const facts = Object.entries(contact.facts);
  const ids = Object.entries(contact.external_ids);
  return (
    <Section title={t('Details')}>
      <dl className={rowStyles.facts}>
        <Fact name={t('Company')}>{contact.company}</Fact>
        {contact.phone_numbers.map((number, n) => (
          <Fact key={number} name={n === 0 ? t('Phone') : ''}>
            <Copied text={number} />{' '}
            {n === 0 && contact.phone_numbers.length > 1 && (
              <Badge size="xs" variant="default" tt="none">
                {t('primary')}
              </Badge>
            )}
          </Fact>
        ))}
        {contact.emails.map((email, n) => (
          <Fact key={email} name={n === 0 ? t('E-mail') : ''}>
            <Copied text={email} />
          </Fact>
        ))}
        {ids.map(([system, id]) => (
          <Fact key={system} name={system}>
            <Copied text={id} />
          </Fact>
        ))}
        <Fact name={t('Time zone')}>{contact.timezone ?? t('as the number tells')}</Fact>
        {contact.created_at && <Fact name={t('Since')}>{format.date(contact.created_at)}</Fact>}
      </dl>
      <Pairs title={t('Own fields')} pairs={fields} />
      <Pairs title={t('What the assistant may know')} pairs={facts} />
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <Fragment>
      <dt dir="auto">{name}</dt>
      <dd dir="auto">{children}</dd>
    </Fragment>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: [string, string][] }) {
  if (pairs.length === 0) return null;
  return (
    <>
      <Text component="h3" size="sm" fw={600} mt="md" mb={6}>
        {title}
      </Text>
      <dl className={rowStyles.facts}>
        {pairs.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </>
  );
}

function Copied({ text }: { text: string }) {
  const { t } = useTranslation('contacts');
  const { copy, copied, isByHand, source } = useCopy<HTMLSpanElement>();
  return (
    <>
      <UnstyledButton fz="inherit" onClick={() => copy(text)} title={t('Copy')}>
        <span ref={source} style={{ userSelect: 'text' }}>
          {copied ? t('Copied') : <Phone number={text} />}
        </span>
      </UnstyledButton>
      {isByHand && (
        <Text size="xs" c="dimmed" role="alert">
          {t('Copy it by hand.')}
        </Text>
      )}
    </>
  );
}
