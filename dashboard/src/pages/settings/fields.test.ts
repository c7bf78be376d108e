import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { changesOf, fieldsOf } from './fields';

const tenant = {
  id: 'ten_1',
  name: 'Bakery',
  status: 'active',
  default_region: 'US',
  timezone: 'America/Chicago',
  ai_mode: 'suggest',
  shadow: false,
  resume_days: 30,
  quiet_seconds: 2,
  quiet_hours: { opens: 8, closes: 21 },
  answer_within_seconds: 600,
  max_ai_messages_per_hour: 20,
  max_ai_parts: 4,
  hand_over_phrases: [],
  daily_cap: null,
  monthly_cap: { nano: 50_000_000_000, currency: 'EUR' },
  cap_covers: 'all',
  retention_days: null,
  campaign_frequency: null,
  allowed_regions: [],
  revision: 1,
  created_at: '2026-01-01T00:00:00Z',
} as Schemas['TenantOut'];

describe('the settings of a business', () => {
  it('sends only what was changed', () => {
    expect(changesOf(fieldsOf(tenant), tenant)).toEqual({});
    expect(changesOf({ ...fieldsOf(tenant), opens: 9 }, tenant)).toEqual({
      quiet_hours: { opens: 9, closes: 21 },
    });
  });
  it('leaves what a colleague changed meanwhile, the other half of a pair too', () => {
    const read = fieldsOf(tenant);
    const now = { ...tenant, name: 'Bakery & Café', quiet_hours: { opens: 8, closes: 18 } };
    expect(changesOf({ ...read, opens: 9 }, now, read)).toEqual({ quiet_hours: { opens: 9, closes: 18 } });
  });
  it('keeps the currency of the other limit', () => {
    expect(changesOf({ ...fieldsOf(tenant), daily: 2.5 }, tenant)).toEqual({
      daily_cap: { nano: 2_500_000_000, currency: 'EUR' },
    });
  });
  it('removes a limit by an empty field', () => {
    expect(changesOf({ ...fieldsOf(tenant), monthly: '' }, tenant)).toEqual({ monthly_cap: null });
  });
  it('shows in minutes how long an answer is good for, and sends seconds', () => {
    expect(fieldsOf(tenant).answer_within_minutes).toBe(10);
    expect(changesOf({ ...fieldsOf(tenant), answer_within_minutes: 2.5 }, tenant)).toEqual({
      answer_within_seconds: 150,
    });
  });
});
