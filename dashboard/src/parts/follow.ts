/** Forms of what colleagues change too. */
import type { UseFormReturnType } from '@mantine/form';
import { useEffect, useRef } from 'react';

/** A form shows what was saved meanwhile, here or by a colleague, unless something was typed that is not saved yet. Then
 * `form.getInitialValues()` stays what was read before: what was typed is measured against it. */
export function useFollow<T extends object>(form: UseFormReturnType<T>, saved: T): void {
  const text = JSON.stringify(saved);
  const isTyped = form.isDirty();
  // After a save the former values come once more before the new ones are read: they are not shown again.
  const followed = useRef(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same values in another object are no reason
  useEffect(() => {
    if (text === followed.current) return;
    if (isTyped && JSON.stringify(form.getValues()) !== text) return;
    followed.current = text;
    show(form, saved, saved);
  }, [text, isTyped]);
}

/** After a save: what was typed while it was under way stays and is unsaved; the rest is as it was saved. */
export function keepTyped<T extends object>(form: UseFormReturnType<T>, sent: T, saved: T = sent): void {
  show(form, saved, { ...saved, ...changedFields(sent, form.getValues()) });
}

function show<T extends object>(form: UseFormReturnType<T>, saved: T, values: T): void {
  form.setInitialValues(saved);
  form.setValues(values);
  form.resetDirty(saved);
}

/** Only what differs from what was read, for a PATCH: what a colleague changed meanwhile elsewhere stays. */
export function changedFields<T extends object>(before: T, after: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(before[name as keyof T]) !== JSON.stringify(value),
    ),
  ) as Partial<T>;
}
