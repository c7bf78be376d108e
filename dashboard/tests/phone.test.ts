import { expect, test } from 'vitest';
import { phone } from '@/words/phone';

test.each([
  ['+13125550123', '+1 312 555 0123'],
  ['+4915123456789', '+49 151 234 567 89'],
  ['+34612345678', '+34 612 345 678'],
  ['+447911123456', '+44 791 112 3456'],
  ['+35312345678', '+353 123 456 78'],
])('%s is read in groups behind its country', (number, read) => {
  expect(phone(number)).toBe(read);
});

test.each(['', '12345', 'Shop', '+1 312 555 0123', '+1234567890123456'])('%j stays as it is', (text) => {
  expect(phone(text)).toBe(text);
});
