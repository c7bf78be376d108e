import { useFormat } from '@/words/format';

/** A time as people say it; the full time in the tenant's zone on hover and for screen readers. */
export function Moment({ at, long }: { at: string; long?: boolean }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.full(at)}>
      {long ? format.dateTime(at) : format.ago(at)}
    </time>
  );
}
