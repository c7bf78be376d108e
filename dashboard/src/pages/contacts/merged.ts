/** What a merge will make of two contacts, by the rules of `POST /api/contacts/{id}/merge`. */
import type { Contact } from './changes';

export interface Conflict {
  what: string;
  kept: string;
  left: string;
}

export interface Merged {
  survivor: Contact;
  other: Contact;
  name: string | null;
  company: string | null;
  timezone: string | null;
  numbers: string[];
  emails: string[];
  ids: [string, string][];
  fields: [string, string][];
  labels: string[];
  conflicts: Conflict[];
}

const union = (a: string[], b: string[]) => [...new Set([...a, ...b])];

/** The contact with the smaller id survives; its values stay, and the other's fill the gaps. */
export function mergedOf(one: Contact, two: Contact): Merged {
  const [survivor, other] = one.id < two.id ? [one, two] : [two, one];
  const conflicts: Conflict[] = [];
  const value = (what: string, kept: string | null, left: string | null) => {
    if (kept && left && kept !== left) conflicts.push({ what, kept, left });
    return kept || left;
  };
  const map = (kept: Record<string, string>, left: Record<string, string>) =>
    union(Object.keys(kept), Object.keys(left)).map((name): [string, string] => [
      name,
      value(name, kept[name] ?? null, left[name] ?? null) ?? '',
    ]);
  return {
    survivor,
    other,
    name: value('name', survivor.name, other.name),
    company: value('company', survivor.company, other.company),
    timezone: value('timezone', survivor.timezone, other.timezone),
    numbers: union(survivor.phone_numbers, other.phone_numbers),
    emails: union(survivor.emails, other.emails),
    ids: [...Object.entries(survivor.external_ids), ...Object.entries(other.external_ids)],
    fields: map(survivor.fields, other.fields),
    labels: union(survivor.labels, other.labels),
    conflicts,
  };
}
