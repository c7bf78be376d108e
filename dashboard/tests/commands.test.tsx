import { renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useAllCommands, useCommands } from '@/app/commands';

test('the palette runs what the page would do now', () => {
  const saved: string[] = [];
  const page = (text: string) => {
    useCommands([{ id: 'save', label: 'Save', keys: '', run: () => void saved.push(text) }]);
    return useAllCommands();
  };
  const { result, rerender } = renderHook(page, { initialProps: 'before' });
  rerender('after');
  result.current[0]?.run();
  expect(saved).toEqual(['after']);
});
