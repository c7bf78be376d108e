import { phone } from '@/words/phone';

/** A number as people read it. Margins part its groups and no characters, so that what is copied, or found in the page, is
 * the number in full. */
export function Phone({ number }: { number: string }) {
  const groups = phone(number).split(' ');
  if (groups.join('') !== number) return <span dir="ltr">{number}</span>;
  return (
    <span title={number} dir="ltr" style={{ whiteSpace: 'nowrap' }}>
      {groups.map((group, place) => (
        <span key={place} style={{ marginInlineStart: place ? '0.3em' : 0 }}>
          {group}
        </span>
      ))}
    </span>
  );
}
