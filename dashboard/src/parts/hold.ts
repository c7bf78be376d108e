/** Windows that show what is shown once: a click beside them or Escape does not close them before it was copied. Their own
 * buttons do. */
import { createContext, useContext, useEffect, useState } from 'react';

const Hold = createContext<(isHeld: boolean) => void>(() => {});
export const HoldProvider = Hold.Provider;

/** For a window: what it is given, and what its provider says to everything in it. */
export function useHeld() {
  const [isHeld, hold] = useState(false);
  return { closing: { closeOnClickOutside: !isHeld, closeOnEscape: !isHeld }, hold };
}

/** For what is in a window: holds it open as long as `isHeld`. */
export function useHold(isHeld: boolean): void {
  const hold = useContext(Hold);
  useEffect(() => {
    hold(isHeld);
    return () => hold(false);
  }, [hold, isHeld]);
}
