import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { useAct } from '@/parts/act';
import { Confirm } from '@/parts/confirm';
import { Dialog } from '@/parts/dialog';
import { OnceShown } from '@/parts/secret';

function opened(content = <OnceShown text="pk_secret" about="Copy it now." />) {
  const close = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <Dialog opened close={close} title="New key">
          {content}
        </Dialog>
      </MantineProvider>
    </QueryClientProvider>,
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

test('where the browser does not copy, that is said and the text is selected', async () => {
  const user = userEvent.setup();
  const close = opened();
  vi.spyOn(window.navigator.clipboard, 'writeText').mockRejectedValueOnce(new Error('not over http'));
  await user.click(screen.getByRole('button', { name: 'Copy' }));
  expect((await screen.findByText(/^Copy it by hand/)).getAttribute('role')).toBe('alert');
  expect(window.getSelection()?.toString()).toBe('pk_secret');
  await user.keyboard('{Escape}');
  expect(close).not.toHaveBeenCalled();
});

function Making({ answer }: { answer: Promise<void> }) {
  const { act } = useAct();
  return (
    <button type="button" onClick={() => void act(() => answer)}>
      Make the key
    </button>
  );
}

test('a window waits for the answer to what was asked in it', async () => {
  const user = userEvent.setup();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const close = opened(<Making answer={asked} />);
  await user.click(screen.getByRole('button', { name: 'Make the key' }));
  await user.keyboard('{Escape}');
  expect(close).not.toHaveBeenCalled();
  answer();
  await waitFor(async () => {
    await user.keyboard('{Escape}');
    expect(close).toHaveBeenCalled();
  });
});

function Asking() {
  const [isAsking, setAsking] = useState(true);
  return (
    <Confirm opened={isAsking} title="Delete it?" deed="Delete" act={() => {}} close={() => setAsking(false)}>
      For ever.
    </Confirm>
  );
}

test('Escape closes the question above a window, and the window only the next time', async () => {
  const user = userEvent.setup();
  const close = opened(<Asking />);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByText('For ever.')).toBe(null));
  expect(close).not.toHaveBeenCalled();
  await waitFor(async () => {
    await user.keyboard('{Escape}');
    expect(close).toHaveBeenCalled();
  });
});

test('the answer to a question does not send the form that it stands in', async () => {
  const sent = vi.fn((event) => event.preventDefault());
  const done = vi.fn();
  render(
    <MantineProvider>
      <form onSubmit={sent}>
        <Confirm opened title="Release it?" deed="Release" act={done} close={() => {}}>
          At once.
        </Confirm>
      </form>
    </MantineProvider>,
  );
  await userEvent.click(await screen.findByRole('button', { name: 'Release' }));
  expect(done).toHaveBeenCalledOnce();
  expect(sent).not.toHaveBeenCalled();
});
