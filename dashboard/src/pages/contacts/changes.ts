/** What people type in the form of a contact, and the smallest change of the contact that it means. */

import type { Schemas } from '@/api/client';
import { phone } from '@/words/phone';

export type Contact = Schemas['ContactOut'];

/** What a contact is called where it has no name: its number, its address, or what else there is. */
export const nameOf = (contact: Contact): string =>
  contact.name ||
  phone(contact.phone_number ?? '') ||
  contact.emails[0] ||
  Object.values(contact.external_ids)[0] ||
  contact.id;

/** A pair of a list that people can add to: a field, or the id of another system. */
export interface Pair {
  name: string;
  value: string;
}

export interface ContactForm {
  name: string;
  company: string;
  timezone: string | null;
  numbers: string[];
  emails: string[];
  ids: Pair[];
  fields: Pair[];
}

const pairs = (map: Record<string, string>): Pair[] =>
  Object.entries(map).map(([name, value]) => ({ name, value }));

export const emptyForm = (): ContactForm => ({
  name: '',
  company: '',
  timezone: null,
  numbers: [''],
  emails: [],
  ids: [],
  fields: [],
});

export const formOf = (contact: Contact): ContactForm => ({
  name: contact.name ?? '',
  company: contact.company ?? '',
  timezone: contact.timezone,
  numbers: [...contact.phone_numbers],
  emails: [...contact.emails],
  ids: pairs(contact.external_ids),
  fields: pairs(contact.fields),
});

const filled = (list: string[]) => list.map((text) => text.trim()).filter(Boolean);
const mapOf = (list: Pair[]): Record<string, string> =>
  Object.fromEntries(
    list.map(({ name, value }) => [name.trim(), value.trim()]).filter(([name, value]) => name && value),
  );
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A map that is merged with the present one: null deletes what is gone. */
function mapChange(before: Record<string, string>, after: Record<string, string>) {
  const change: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(after)) if (before[name] !== value) change[name] = value;
  for (const name of Object.keys(before)) if (!(name in after)) change[name] = null;
  return Object.keys(change).length ? change : undefined;
}

/** Only what differs, so that what a colleague changed meanwhile elsewhere stays. */
export function changesOf(contact: Contact, form: ContactForm): Schemas['ContactPatch'] {
  const patch: Schemas['ContactPatch'] = {};
  const numbers = filled(form.numbers);
  const emails = filled(form.emails);
  if (form.name.trim() !== (contact.name ?? '')) patch.name = form.name.trim() || null;
  if (form.company.trim() !== (contact.company ?? '')) patch.company = form.company.trim() || null;
  if ((form.timezone || null) !== contact.timezone) patch.timezone = form.timezone || null;
  if (!same(numbers, contact.phone_numbers)) patch.phone_numbers = numbers;
  if (!same(emails, contact.emails)) patch.emails = emails;
  const ids = mapChange(contact.external_ids, mapOf(form.ids));
  const fields = mapChange(contact.fields, mapOf(form.fields));
  if (ids) patch.external_ids = ids;
  if (fields) patch.fields = fields;
  return patch;
}

/** A new contact takes one number and one address; what else was typed is added by `changesOf` after that. */
export function creationOf(form: ContactForm): Schemas['ContactIn'] {
  return {
    phone_number: filled(form.numbers)[0] ?? null,
    email: filled(form.emails)[0] ?? null,
    external_ids: mapOf(form.ids),
    name: form.name.trim() || null,
    company: form.company.trim() || null,
    timezone: form.timezone || null,
    fields: mapOf(form.fields),
  };
}
