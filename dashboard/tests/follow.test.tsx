import { useForm } from '@mantine/form';
import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useFollow } from '@/parts/follow';

function followed(first: { cases: number }) {
  return renderHook(
    ({ saved }) => {
      const form = useForm({ initialValues: saved });
      useFollow(form, saved);
      return form;
    },
    { initialProps: { saved: first } },
  );
}

test('a form shows what a colleague saved', () => {
  const { result, rerender } = followed({ cases: 20 });
  rerender({ saved: { cases: 30 } });
  expect(result.current.values).toEqual({ cases: 30 });
  expect(result.current.isDirty()).toBe(false);
});

test('what was typed stays until it is saved or taken back', () => {
  const { result, rerender } = followed({ cases: 20 });
  act(() => result.current.setFieldValue('cases', 25));
  rerender({ saved: { cases: 30 } });
  expect(result.current.values).toEqual({ cases: 25 });
  act(() => result.current.reset());
  expect(result.current.values).toEqual({ cases: 30 });
});

test('what was typed and is saved is not unsaved any more', () => {
  const { result, rerender } = followed({ cases: 20 });
  act(() => result.current.setFieldValue('cases', 25));
  rerender({ saved: { cases: 25 } });
  expect(result.current.isDirty()).toBe(false);
});
