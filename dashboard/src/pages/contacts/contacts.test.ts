import { describe, expect, it } from 'vitest';
import { type Contact, changesOf, creationOf, emptyForm, formOf } from './changes';
import { mergedOf } from './merged';

const contact = (own: Partial<Contact> = {}): Contact => ({
  id: 'cct_2',
  phone_number: '+13125550101',
  phone_numbers: ['+13125550101'],
  emails: [],
  external_ids: {},
  name: 'Ann Lee',
  company: null,
  facts: {},
  timezone: null,
  fields: { size: '36' },
  labels: [],
  consent: {},
  opted_out: false,
  merges: [],
  created_at: null,
  revision: 1,
  ...own,
});

describe('the form of a contact', () => {
  it('changes nothing when nothing was typed', () => {
    expect(changesOf(contact(), formOf(contact()))).toEqual({});
  });

  it('says only what differs, and deletes a field that was emptied', () => {
    const form = { ...formOf(contact()), name: ' Ann ', fields: [{ name: 'colour', value: 'red' }] };
    expect(changesOf(contact(), form)).toEqual({ name: 'Ann', fields: { colour: 'red', size: null } });
  });

  it('leaves out empty rows of numbers and addresses', () => {
    const form = { ...formOf(contact()), numbers: ['+13125550101', ' '], emails: ['', 'a@b.example'] };
    expect(changesOf(contact(), form)).toEqual({ emails: ['a@b.example'] });
  });

  it('makes a contact of one number', () => {
    const form = { ...emptyForm(), numbers: ['312 555 0199'], name: 'Bob' };
    expect(creationOf(form)).toMatchObject({ phone_number: '312 555 0199', email: null, name: 'Bob' });
  });
});

describe('the preview of a merge', () => {
  const first = contact({ id: 'cct_1', name: 'Ann', company: 'Engines', emails: ['ann@b.example'] });

  it('lets the smaller id survive, in whatever order they are given', () => {
    expect(mergedOf(contact(), first).survivor.id).toBe('cct_1');
    expect(mergedOf(first, contact()).survivor.id).toBe('cct_1');
  });

  it('keeps the survivor’s values, fills gaps, and names what conflicts', () => {
    const merged = mergedOf(first, contact({ timezone: 'Europe/Berlin', fields: { size: '38' } }));
    expect(merged).toMatchObject({ name: 'Ann', company: 'Engines', timezone: 'Europe/Berlin' });
    expect(merged.fields).toEqual([['size', '36']]);
    expect(merged.conflicts).toEqual([
      { what: 'name', kept: 'Ann', left: 'Ann Lee' },
      { what: 'size', kept: '36', left: '38' },
    ]);
  });

  it('has both contacts’ identifiers, each once', () => {
    const merged = mergedOf(first, contact({ phone_numbers: ['+13125550101', '+13125550102'] }));
    expect(merged.numbers).toEqual(['+13125550101', '+13125550102']);
    expect(merged.emails).toEqual(['ann@b.example']);
  });
});
