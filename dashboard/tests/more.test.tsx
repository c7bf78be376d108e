import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { offline } from '@/api/problem';
import { More } from '@/parts/more';

test('further rows that do not come say why, and are asked for again', async () => {
  const fetchNextPage = vi.fn();
  const of = {
    hasNextPage: true,
    isFetchingNextPage: false,
    isFetchNextPageError: true,
    error: offline(),
    fetchNextPage,
  };
  render(
    <MantineProvider env="test">
      <More of={of} />
    </MantineProvider>,
  );
  expect(screen.getByRole('alert').textContent).toContain(offline().detail);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(fetchNextPage).toHaveBeenCalledOnce();
});
