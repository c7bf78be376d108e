import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { Dialog } from '@/parts/dialog';
import { OnceShown } from '@/parts/secret';

function opened() {
  const close = vi.fn();
  render(
    <MantineProvider env="test">
      <Dialog opened close={close} title="New key">
        <OnceShown text="pk_secret" about="Copy it now." />
      </Dialog>
    </MantineProvider>,
  );
  return close;
}

test('what is shown once is not closed by Escape before it was copied', async () => {
  const user = userEvent.setup();
  const close = opened();
  await user.keyboard('{Escape}');
  expect(close).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Copy' }));
  expect(await window.navigator.clipboard.readText()).toBe('pk_secret');
  await user.keyboard('{Escape}');
  expect(close).toHaveBeenCalledOnce();
});

test('what is copied by hand counts, and its own button closes it in any case', async () => {
  const close = opened();
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(close).toHaveBeenCalledOnce();
  fireEvent.copy(screen.getByText('pk_secret'));
  await userEvent.keyboard('{Escape}');
  expect(close).toHaveBeenCalledTimes(2);
});
