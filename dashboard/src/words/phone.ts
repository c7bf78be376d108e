/** Phone numbers as people read them. */

/** Country codes of one and two digits (ITU E.164); all others have three. */
const SHORT = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const E164 = /^\+\d{7,15}$/;

/** "+1 312 555 0123", "+49 151 234 567 89": the country's code, then groups of three, the last of up to four. Anything else
 * stays as it is. */
export function phone(number: string): string {
  if (!E164.test(number)) return number;
  const digits = number.slice(1);
  const country = SHORT.exec(digits)?.[0] ?? digits.slice(0, 3);
  const groups: string[] = [];
  let rest = digits.slice(country.length);
  while (rest.length > 4) {
    groups.push(rest.slice(0, 3));
    rest = rest.slice(3);
  }
  return [`+${country}`, ...groups, rest].filter(Boolean).join(' ');
}
