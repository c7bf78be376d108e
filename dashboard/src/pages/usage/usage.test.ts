import { describe, expect, it } from 'vitest';
import { daysOf, monthWithin, periodOf, todayIn } from './periods';
import { barsOf, entriesOf, kindsIn, type Line } from './statement';

const line = (own: Partial<Line> = {}): Line =>
  ({ currency: 'USD', amount: '1.5', amount_nano: 1_500_000_000, kind: 'sms_parts_out', ...own }) as Line;
const march = { from: '2026-03-01', to: '2026-03-31' };

describe('periods', () => {
  it('are days of the tenant’s calendar', () => {
    const late = Date.parse('2026-03-01T03:00:00Z');
    expect(todayIn('America/Chicago', late)).toBe('2026-02-28');
    expect(todayIn('Europe/Berlin', late)).toBe('2026-03-01');
  });

  it('know last month, over the turn of a year too', () => {
    expect(periodOf('last_month', '2026-01-15')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
    expect(periodOf('month', '2026-01-15')).toEqual({ from: '2026-01-01', to: '2026-01-15' });
    expect(periodOf('week', '2026-03-03')).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  });

  it('have every day once', () => {
    expect(daysOf({ from: '2026-02-27', to: '2026-03-02' })).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ]);
  });

  it('cut a month to what was asked for', () => {
    expect(monthWithin('2026-03', { from: '2026-02-10', to: '2026-03-05' })).toEqual({
      from: '2026-03-01',
      to: '2026-03-05',
    });
  });
});

describe('a line of the statement', () => {
  it('opens into the entries of its group and kind', () => {
    expect(entriesOf(line({ campaign: 'cmp_1' }), 'campaign', march)).toEqual({
      ...march,
      kind: 'sms_parts_out',
      campaign_id: 'cmp_1',
    });
    expect(entriesOf(line({ day: '2026-03-09' }), 'day', march)).toEqual({
      from: '2026-03-09',
      to: '2026-03-09',
      kind: 'sms_parts_out',
    });
  });

  it('does not open where it has no group: the API cannot name those entries', () => {
    expect(entriesOf(line({ model: '' }), 'model', march)).toBeNull();
  });
});

describe('the chart', () => {
  it('has a bar for each day, in one currency', () => {
    const lines = [
      line({ day: '2026-03-02' }),
      line({ day: '2026-03-02', currency: 'EUR' }),
      line({ day: '2026-03-02', kind: 'carrier_fee', amount_nano: 500_000_000 }),
    ];
    expect(barsOf(lines, { from: '2026-03-01', to: '2026-03-02' }, 'USD')).toEqual([
      { day: '2026-03-01' },
      { day: '2026-03-02', sms_parts_out: 1.5, carrier_fee: 0.5 },
    ]);
  });

  it('leaves out kinds that cost nothing', () => {
    expect(kindsIn([line({ kind: 'tokens_prompt' }), line({ amount_nano: 0 })])).toEqual(['tokens_prompt']);
  });
});
