import { useForm } from '@mantine/form';
import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { changedFields, keepTyped, useFollow } from '@/parts/follow';

interface Gate {
  cases: number;
  rise?: number;
}

function followed(first: Gate) {
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

test('what is typed while a save is under way stays, and what was saved is not sent again', () => {
  const { result, rerender } = followed({ cases: 20, rise: 5 });
  act(() => result.current.setFieldValue('cases', 25));
  const sent = result.current.getValues();
  act(() => result.current.setFieldValue('rise', 7));
  act(() => keepTyped(result.current, sent));
  rerender({ saved: { cases: 25, rise: 5 } });
  expect(result.current.values).toEqual({ cases: 25, rise: 7 });
  expect(result.current.isDirty()).toBe(true);
  expect(changedFields(result.current.getInitialValues(), result.current.getValues())).toEqual({ rise: 7 });
});

test('after a save the form is as the server has it, and never as it was before', () => {
  const { result, rerender } = followed({ cases: 20 });
  act(() => result.current.setFieldValue('cases', 25.4));
  act(() => keepTyped(result.current, result.current.getValues(), { cases: 25 }));
  rerender({ saved: { cases: 20 } });
  expect(result.current.values).toEqual({ cases: 25 });
  rerender({ saved: { cases: 25 } });
  expect(result.current.values).toEqual({ cases: 25 });
  expect(result.current.isDirty()).toBe(false);
  rerender({ saved: { cases: 30 } });
  expect(result.current.values).toEqual({ cases: 30 });
});

test('what a colleague changed while one typed elsewhere is not given back', () => {
  const { result, rerender } = followed({ cases: 20, rise: 5 });
  act(() => result.current.setFieldValue('rise', 7));
  rerender({ saved: { cases: 30, rise: 5 } });
  expect(changedFields(result.current.getInitialValues(), result.current.getValues())).toEqual({ rise: 7 });
});
