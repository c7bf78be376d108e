/** Which field a column of a file is. */
export const FIELDS = ['phone_number', 'name', 'first_name', 'last_name', 'company', 'email'] as const;
const LONGEST = 60;

/** A header as the name of a variable: "Favourite cake" is `favourite_cake`; null where no letter is left. */
export function variableName(header: string): string | null {
  const words = header
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  if (!words) return null;
  const name = /^\p{N}/u.test(words) ? `_${words}` : words;
  return name.slice(0, LONGEST);
}

type Mapping = Record<string, string | null>;

/** Another field for one column. A name can stand once; phone numbers may stand in several columns. */
export function assign(mapping: Mapping, index: number, field: string | null): Mapping {
  const changed: Mapping = { ...mapping, [String(index)]: field };
  if (field && field !== 'phone_number')
    for (const other of Object.keys(changed))
      if (other !== String(index) && changed[other] === field) changed[other] = null;
  return changed;
}

/** A name for a column of one's own that no other column has. */
export function ownName(header: string, index: number, mapping: Mapping): string {
  const wanted = variableName(header) ?? `column_${index + 1}`;
  const taken = new Set(
    Object.entries(mapping)
      .filter(([other]) => other !== String(index))
      .map(([, field]) => field),
  );
  const base = (FIELDS as readonly string[]).includes(wanted) ? `${wanted}_2` : wanted;
  if (!taken.has(base)) return base;
  let n = 2;
  while (taken.has(`${base}_${n}`)) n += 1;
  return `${base}_${n}`;
}

export function sureness(confidence: number): 'sure' | 'likely' | 'unsure' {
  if (confidence >= 0.9) return 'sure';
  return confidence >= 0.6 ? 'likely' : 'unsure';
}
