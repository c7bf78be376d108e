import { expect, test } from 'vitest';
import { dayNames } from '@/words/days';

const NOW = Date.parse('2026-11-29T05:30:00Z'); // in Chicago it is still the 28th

test('days are today and yesterday by the calendar of the business', () => {
  const inChicago = dayNames('en', 'America/Chicago', NOW);
  expect(inChicago('2026-11-29T05:00:00Z')).toBe('Today');
  expect(inChicago('2026-11-28T05:59:00Z')).toBe('Yesterday');
  expect(dayNames('en', 'Europe/Berlin', NOW)('2026-11-28T22:59:00Z')).toBe('Yesterday');
});

test('older days are dates', () => {
  expect(dayNames('en', 'UTC', NOW)('2026-11-27T12:00:00Z')).toBe('Fri, Nov 27, 2026');
});

test('days have their names in every language', () => {
  expect(dayNames('de', 'UTC', NOW)('2026-11-29T01:00:00Z')).toBe('Heute');
  expect(dayNames('es', 'UTC', NOW)('2026-11-28T01:00:00Z')).toBe('Ayer');
});
