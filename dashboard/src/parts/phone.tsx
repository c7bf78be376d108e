import type { ClipboardEvent } from 'react';
import { phone } from '@/words/phone';

/** A number as people read it. Its title has it in full, and so has what is copied. */
export function Phone({ number }: { number: string }) {
  const copied = (event: ClipboardEvent) => {
    if (window.getSelection()?.toString().trim() !== phone(number)) return;
    event.clipboardData.setData('text/plain', number);
    event.preventDefault();
  };
  return (
    <span title={number} onCopy={copied} dir="ltr" style={{ whiteSpace: 'nowrap' }}>
      {phone(number)}
    </span>
  );
}
