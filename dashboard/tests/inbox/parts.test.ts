import { describe, expect, test } from 'vitest';
import { cheaper, measure } from '@/pages/inbox/composer/parts';

const a = (count: number) => 'a'.repeat(count);

// The cases of shared/tests/test_sms_parts.py.
test.each<[string, 'GSM-7' | 'UCS-2', number, number]>([
  [a(160), 'GSM-7', 160, 1],
  [a(161), 'GSM-7', 161, 2],
  [a(306), 'GSM-7', 306, 2],
  [a(307), 'GSM-7', 307, 3],
  [a(1530), 'GSM-7', 1530, 10],
  [a(1531), 'GSM-7', 1531, 11],
  [`${a(155)}|||`, 'GSM-7', 161, 2],
  [`${a(158)}€`, 'GSM-7', 160, 1],
  [`${a(159)}€`, 'GSM-7', 161, 2],
  [`${a(152)}€${a(152)}`, 'GSM-7', 306, 3],
  ['é'.repeat(70), 'GSM-7', 70, 1],
  [`’${a(69)}`, 'UCS-2', 70, 1],
  [`’${a(70)}`, 'UCS-2', 71, 2],
  [`${a(68)}😀`, 'UCS-2', 70, 1],
  [`${a(69)}😀`, 'UCS-2', 71, 2],
  [`${a(66)}😀${a(66)}`, 'UCS-2', 134, 3],
  ['你'.repeat(134), 'UCS-2', 134, 2],
  ['你'.repeat(135), 'UCS-2', 135, 3],
  ['', 'GSM-7', 0, 0],
])('a text takes as many parts as the reference says: %s', (text, encoding, units, parts) => {
  expect(measure(text)).toMatchObject({ encoding, units, parts });
});

test.each([...'Ç¤ΔΦΓΛΩΠΨΣΘΞ`\tçêáíóú‘’“”–—…•\u00a0\u200b\x1b'])(
  '%j forces UCS-2 and is named',
  (character) => {
    expect(measure(`ok ${character} 😀`)).toMatchObject({ encoding: 'UCS-2', forcedBy: character });
  },
);

describe('a cheaper spelling', () => {
  test('is offered where a mark makes the text longer', () => {
    expect(cheaper(`It’s ${a(100)}`)).toBe(`It's ${a(100)}`);
  });
  test('is not offered where it would save nothing', () => {
    expect(cheaper('It’s')).toBeNull();
    expect(cheaper(`😀 It’s ${a(100)}`)).toBeNull();
  });
});
