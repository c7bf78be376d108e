import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '@/live/frames';

/** Who wrote while a reply was being typed; null when nobody did, or the field is empty. */
export function useMeanwhile(one: Conversation, isTyping: boolean): 'customer' | 'team' | null {
  const [wrote, setWrote] = useState<'customer' | 'team' | null>(null);
  const last = one.last_message;
  const seen = useRef(last?.id);
  useEffect(() => {
    if (!isTyping) {
      seen.current = last?.id;
      setWrote(null);
    } else if (last && last.id !== seen.current) {
      seen.current = last.id;
      setWrote(last.direction === 'inbound' ? 'customer' : 'team');
    }
  }, [isTyping, last]);
  return wrote;
}
