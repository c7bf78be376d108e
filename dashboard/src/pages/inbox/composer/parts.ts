/** How many SMS parts a text takes, and which character makes it expensive: the rule of `shared/sms_parts.py`, held to the
 * same cases. An estimate on the safe side; the carrier's own count replaces it. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑ\u00dc\u00a7¿abcdefghijklmnopqrstuvwxyzäöñüà';
const NOT_AT_TELNYX = new Set('Ç¤ΔΦΓΛΩΠΨΣΘΞ');
const GSM_BASIC = new Set([...BASIC].filter((one) => !NOT_AT_TELNYX.has(one)));
/** Each of these is sent as an escape and a character: two septets. */
const GSM_EXTENSION = new Set('^{}\\[~]|€\f');

const GSM = { single: 160, joined: 153 };
const UCS = { single: 70, joined: 67 };

export interface Measured {
  encoding: 'GSM-7' | 'UCS-2';
  parts: number;
  /** Septets (GSM-7) or UTF-16 code units (UCS-2). */
  units: number;
  /** How many more fit before the next part begins. */
  left: number;
  /** The first character that GSM-7 cannot carry, if there is one. */
  forcedBy: string | null;
}

export function measure(text: string): Measured {
  const characters = [...text];
  const forcedBy = characters.find((one) => !GSM_BASIC.has(one) && !GSM_EXTENSION.has(one)) ?? null;
  const widthOf =
    forcedBy === null ? (one: string) => (GSM_EXTENSION.has(one) ? 2 : 1) : (one: string) => one.length;
  const widths = characters.map(widthOf);
  const units = widths.reduce((sum, width) => sum + width, 0);
  const { single, joined } = forcedBy === null ? GSM : UCS;
  const { parts, used } = filled(widths, units, single, joined);
  const left = parts <= 1 ? single - units : joined - used;
  return { encoding: forcedBy === null ? 'GSM-7' : 'UCS-2', parts, units, left, forcedBy };
}

/** Parts of at most `joined` units when it does not fit into one of `single`; no character is cut in two. */
function filled(widths: number[], units: number, single: number, joined: number) {
  if (widths.length === 0) return { parts: 0, used: 0 };
  if (units <= single) return { parts: 1, used: units };
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > joined) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return { parts, used };
}

const PLAIN: Record<string, string> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '•': '-',
  '`': "'",
  '\t': ' ',
  '\u00a0': ' ',
  '\u200b': '',
  ç: 'c',
  ê: 'e',
  á: 'a',
  í: 'i',
  ó: 'o',
  ú: 'u',
};

/** The text with costly characters replaced where a cheap one says the same; null where that would save nothing. */
export function cheaper(text: string): string | null {
  const plain = [...text].map((one) => PLAIN[one] ?? one).join('');
  return measure(plain).parts < measure(text).parts ? plain : null;
}
