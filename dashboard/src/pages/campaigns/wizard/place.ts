import type { Schemas } from '@/api/client';
import type { Campaign } from '../states';

export const STEPS = ['who', 'what', 'forecast', 'when', 'check'] as const;
export type StepName = (typeof STEPS)[number];

/** Where in the wizard one is; it stands in the address. */
export interface Place {
  campaign?: string;
  step?: StepName;
  import?: string;
  from?: 'file' | 'contacts' | 'typed';
  at?: string;
  local?: string;
}

export type Go = (to: Partial<Place>) => void;

export interface Draft {
  /** The draft, made now if there is none. */
  ensure(): Promise<Campaign>;
  patch(changes: Partial<Schemas['CampaignPatch']>): Promise<Campaign>;
  saveName(): Promise<void>;
  reread(): Promise<void>;
}

/** When a start would be, as the API takes it. */
export function startOf(place: Place): { at?: string; local_time?: string } {
  if (place.local) return { local_time: place.local };
  return place.at ? { at: place.at } : {};
}
