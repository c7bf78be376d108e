import { describe, expect, it } from 'vitest';
import { formatFor } from '@/words/format';
import { axisOf, courseOf, withFrame } from './detail/course';
import type { Campaign } from './states';
import { assign, ownName, variableName } from './wizard/columns';
import { around, insertVariable } from './wizard/insert';
import { localTime, momentIn, soon, wallIn } from './wizard/moments';
import { inPortions, readLines } from './wizard/typed-rows';

describe('columns', () => {
  it('become variables by their header', () => {
    expect(variableName('Favourite cake ')).toBe('favourite_cake');
    expect(variableName('Straße/Nr.')).toBe('straße_nr');
    expect(variableName('—')).toBeNull();
  });

  it('share no name, except phone numbers', () => {
    const mapping = { '0': 'name', '1': 'phone_number', '2': 'company' };
    expect(assign(mapping, 2, 'name')).toEqual({ '0': null, '1': 'phone_number', '2': 'name' });
    expect(assign(mapping, 2, 'phone_number')).toEqual({
      '0': 'name',
      '1': 'phone_number',
      '2': 'phone_number',
    });
  });

  it('get a name of their own that is free', () => {
    expect(ownName('Name', 3, { '0': 'name' })).toBe('name_2');
    expect(ownName('Cake', 3, { '0': 'cake', '1': 'cake_2' })).toBe('cake_3');
    expect(ownName('', 3, {})).toBe('column_4');
  });
});

describe('typed numbers', () => {
  it('are read line by line, with a name behind a comma', () => {
    expect(readLines(' +1 312 555 0123, Ana\n\n5550124;Bo Lee\n')).toEqual([
      { phone_number: '+1 312 555 0123', name: 'Ana' },
      { phone_number: '5550124', name: 'Bo Lee' },
    ]);
  });

  it('go in portions, and none is lost', () => {
    expect(inPortions([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });
});

describe('the text', () => {
  it('takes a variable where the cursor is', () => {
    expect(insertVariable('Hi !', 3, 3, 'name')).toEqual({ text: 'Hi {name}!', cursor: 9 });
  });

  it('shows the character that costs, wherever it stands', () => {
    expect(around('ëaë', 'ë').map(({ piece, isIt }) => (isIt ? `[${piece}]` : piece))).toEqual([
      '[ë]',
      'a',
      '[ë]',
    ]);
    expect(around('abc', null)).toEqual([{ piece: 'abc', isIt: false }]);
  });
});

describe('moments', () => {
  it('are those of the clock of the tenant, in summer and winter', () => {
    expect(momentIn('America/Chicago', '2026-12-01 09:00:00')).toBe('2026-12-01T15:00:00.000Z');
    expect(momentIn('America/Chicago', '2026-07-01 09:00:00')).toBe('2026-07-01T14:00:00.000Z');
    expect(wallIn('America/Chicago', '2026-12-01T15:00:00Z')).toBe('2026-12-01 09:00:00');
    expect(localTime('2026-12-01 10:30:00')).toBe('2026-12-01T10:30');
    expect(soon('Europe/Berlin', 2, new Date('2026-12-01T15:20:00Z'))).toBe('2026-12-01 18:00:00');
  });
});

describe('the course of a campaign', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

  it('sums up what was sent, delivered and answered, and ends with all of it', () => {
    const rows = [0, 10, 20].map((second) => ({
      sent_at: at(second),
      delivered_at: second === 20 ? null : at(second + 2),
      replied_at: second === 0 ? at(30) : null,
    }));
    const course = courseOf(rows);
    expect(course[0]).toMatchObject({ sent: 1, delivered: 0, replied: 0 });
    expect(course.at(-1)).toMatchObject({ sent: 3, delivered: 2, replied: 1 });
    expect(course.length).toBeLessThanOrEqual(61);
    expect(courseOf([])).toEqual([]);
  });

  it('takes a point of a frame only where a figure moved', () => {
    const counts = { total: 9, pending: 6, queued: 0, sent: 1, delivered: 2, failed: 0, skipped: 0 };
    const campaign = { counts, replied: 0 } as Campaign;
    const once = withFrame([], campaign, 1);
    expect(once).toEqual([{ at: 1, sent: 3, delivered: 2, replied: 0 }]);
    expect(withFrame(once, campaign, 2)).toBe(once);
  });
});

describe('the axis of time', () => {
  const SECOND = 1000;
  const HOUR = 3600 * SECOND;
  it('says each time once, as exactly as the stretch needs', () => {
    expect(axisOf(0, 20 * SECOND, 'UTC')).toEqual({
      ticks: [0, 5, 10, 15, 20].map((n) => n * SECOND),
      unit: 'second',
    });
    expect(axisOf(0, 45 * 60 * SECOND, 'UTC').unit).toBe('minute');
    expect(axisOf(0, 30 * 24 * HOUR, 'UTC').unit).toBe('day');
  });
  it('never has more than seven', () => {
    for (let length = 1; length < 1e12; length *= 3)
      expect(axisOf(123_456, 123_456 + length, 'UTC').ticks.length).toBeLessThanOrEqual(7);
  });
  it.each(['UTC', 'America/Chicago', 'Asia/Kolkata'])(
    'stands on the full hours and days of %s, and says none twice, where the clocks change too',
    (zone) => {
      const { time, date, dateTime } = formatFor('en', zone);
      const words = { second: time, minute: time, moment: dateTime, day: date };
      for (const begun of ['2026-03-07T19:10:00Z', '2026-07-01T12:00:00Z', '2026-10-31T20:40:00Z'])
        for (const hours of [5, 23, 25, 30, 50, 71, 100, 400]) {
          const first = Date.parse(begun);
          const { ticks, unit } = axisOf(first, first + hours * HOUR, zone);
          const at = (tick: number) => new Date(tick).toISOString();
          const said = ticks.map((tick) => words[unit](at(tick)));
          expect(ticks.length, `${begun} ${hours}`).toBeGreaterThan(1);
          expect(new Set(said).size).toBe(said.length);
          const clock = ticks.map((tick) => wallIn(zone, at(tick)));
          expect(clock.filter((wall) => !wall.endsWith(unit === 'day' ? ' 00:00:00' : ':00:00'))).toEqual([]);
        }
    },
  );
});
