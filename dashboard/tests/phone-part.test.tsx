import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Phone } from '@/parts/phone';

test.each(['+13125550123', '+4915123456789', 'Shop 1'])(
  '%s is shown in groups and found in full',
  (number) => {
    expect(render(<Phone number={number} />).container.textContent).toBe(number);
  },
);
