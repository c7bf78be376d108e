/** Windows that a click beside them or Escape must not close: what they show is shown once and not copied yet, what was asked
 * in them is still being done, or another window asks something above them. Their own buttons close them in any case. */
import { createContext, useContext, useLayoutEffect, useReducer } from 'react';

type Change = 1 | -1;
const Hold = createContext<(by: Change) => void>(() => {});
export const HoldProvider = Hold.Provider;

/** For a window: what it is given, and what its provider says to everything in it. */
export function useHeld() {
  const [reasons, hold] = useReducer((known: number, by: Change) => known + by, 0);
  const isFree = reasons === 0;
  return { closing: { closeOnClickOutside: isFree, closeOnEscape: isFree }, hold };
}

/** For what is in a window: holds it open as long as `isHeld`. */
export function useHold(isHeld: boolean): void {
  const hold = useContext(Hold);
  // Before it is painted: who sees the answer can close the window.
  useLayoutEffect(() => {
    if (!isHeld) return undefined;
    hold(1);
    return () => hold(-1);
  }, [hold, isHeld]);
}
