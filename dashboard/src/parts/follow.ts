import type { UseFormReturnType } from '@mantine/form';
import { useEffect } from 'react';

/** A form shows what was saved meanwhile, here or by a colleague, unless something was typed that is not saved yet. */
export function useFollow<T extends object>(form: UseFormReturnType<T>, saved: T): void {
  const text = JSON.stringify(saved);
  const isTyped = form.isDirty();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same values in another object are no reason
  useEffect(() => {
    if (isTyped && JSON.stringify(form.getValues()) !== text) return;
    form.setInitialValues(saved);
    form.setValues(saved);
    form.resetDirty(saved);
  }, [text, isTyped]);
}
