import { describe, expect, it } from 'vitest';
import { changedFields } from '@/parts/follow';
import { casesOf } from './cases';
import { differencesOf, type Version, wordsBetween } from './differences';
import { withDraft } from './draft-version';

const version = (own: Partial<Version> = {}): Version => ({
  name: 'Front desk',
  prompt: 'Be brief.',
  knowledge: 'We open at nine.',
  model: '',
  temperature: null,
  max_output_tokens: 800,
  grounding_set: null,
  tools: { close: false, follow_up: false, fields: [], labels: [] },
  pictures: false,
  business_hours: null,
  outside_hours: { action: 'answer', text: '', every_hours: 12 },
  ...own,
});

describe('differences of versions', () => {
  it('are none between the same contents', () => {
    expect(differencesOf(version(), version())).toEqual([]);
  });

  it('name the field, the words that went and those that came', () => {
    const [difference, ...others] = differencesOf(version(), version({ knowledge: 'We open at eight.' }));
    expect(others).toEqual([]);
    expect(difference?.field).toBe('knowledge');
    expect(difference?.pieces).toContainEqual({ text: 'nine', kind: 'removed' });
    expect(difference?.pieces).toContainEqual({ text: 'eight', kind: 'added' });
  });

  it('say what an empty value is', () => {
    const [difference] = differencesOf(version(), version({ temperature: 0 }));
    expect(difference?.pieces.map(({ text }) => text)).toEqual(['–', '0']);
  });

  it('write hours as people read them', () => {
    const hours = { open: [{ days: ['mon' as const], opens: '09:00', closes: '17:00' }], holidays: [] };
    const [difference] = differencesOf(version(), version({ business_hours: hours }));
    const after = difference?.pieces.filter(({ kind }) => kind !== 'removed').map(({ text }) => text);
    expect(after?.join('')).toBe('open: mon 09:00–17:00\nholidays: –');
  });

  it('compare long texts by lines', () => {
    const before = 'one line of many\n'.repeat(300);
    expect(wordsBetween(before, `${before}and a last one`)).toHaveLength(2);
  });

  it('keep what did not change out of a PATCH', () => {
    expect(changedFields(version(), version({ pictures: true }))).toEqual({ pictures: true });
    expect(changedFields(version({ temperature: 1 }), version())).toEqual({ temperature: null });
  });
});

describe('cases of a replay', () => {
  it('are one question a line, with what was sent after a tab', () => {
    expect(casesOf('When do you open?\tAt nine.\n\nDo you deliver?')).toEqual([
      { messages: [{ author: 'customer', text: 'When do you open?' }], sent: 'At nine.', guide: '' },
      { messages: [{ author: 'customer', text: 'Do you deliver?' }], sent: '', guide: '' },
    ]);
  });

  it('are read from JSON, and a bad one is named', () => {
    expect(casesOf('[{"messages": [{"text": "Hi"}], "sent": "Hello"}]')).toHaveLength(1);
    expect(() => casesOf('[{"messages": []}]')).toThrow('Case 1 has no messages.');
    expect(() => casesOf('[nonsense')).toThrow('This is not JSON.');
  });

  it('are at most five hundred', () => {
    expect(() => casesOf('a\n'.repeat(501))).toThrow('At most 500');
  });
});

describe('versions', () => {
  const published = [{ version: 2 }, { version: 1 }];
  it('have the draft before them, also when it was just published once only', () => {
    expect(withDraft({ version: 3 }, published)).toEqual([{ version: 3 }, ...published]);
    expect(withDraft({ version: 2 }, published)).toEqual(published);
    expect(withDraft(undefined, published)).toEqual(published);
  });
});
