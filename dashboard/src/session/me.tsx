import { createContext, type ReactNode, useContext } from 'react';
import type { Schemas } from '@/api/client';

export type Me = Schemas['MeOut'];
const Context = createContext<Me | null>(null);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <Context.Provider value={me}>{children}</Context.Provider>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(Context);
  if (!me) throw new Error('used outside of MeProvider');
  return me;
}

const RANKS = { viewer: 0, agent: 1, admin: 2 } as const;
export type Role = keyof typeof RANKS;

/** Viewers read, agents work, admins configure. The server decides the same; here it saves a vain click. */
export function useMay(role: Role): boolean {
  const me = useMe();
  return (RANKS[me.role as Role] ?? -1) >= RANKS[role];
}
