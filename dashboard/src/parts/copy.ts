import { useClipboard } from '@mantine/hooks';
import { useEffect, useRef } from 'react';

/** Copies a text. Where the browser does not let us (over plain http it never does), what `source` shows is selected, to be
 * copied by hand. */
export function useCopy<T extends HTMLElement>() {
  const { copy, copied, error } = useClipboard();
  const source = useRef<T>(null);
  useEffect(() => {
    if (error && source.current) window.getSelection()?.selectAllChildren(source.current);
  }, [error]);
  return { copy, copied, isByHand: error !== null, source };
}
