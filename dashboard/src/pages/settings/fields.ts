/** A tenant's settings as the form holds them, and the form as the API takes it. */
import type { Schemas } from '@/api/client';
import { changedFields } from '@/parts/follow';

export interface TenantFields {
  name: string;
  timezone: string;
  default_region: string;
  ai_mode: 'off' | 'suggest' | 'auto';
  shadow: boolean;
  hand_over_phrases: string[];
  max_ai_messages_per_hour: number;
  max_ai_parts: number;
  quiet_seconds: number;
  answer_within_minutes: number;
  opens: number;
  closes: number;
  isFrequencyLimited: boolean;
  texts: number;
  days: number;
  allowed_regions: string[];
  currency: string;
  daily: number | '';
  monthly: number | '';
  cap_covers: 'all' | 'bulk';
  retention_days: number | '';
  resume_days: number;
}

const NANO = 1_000_000_000;
const MINUTE = 60;
type Tenant = Schemas['TenantOut'];
type Changes = Partial<Schemas['TenantPatch']>;

export function fieldsOf(tenant: Tenant): TenantFields {
  const { campaign_frequency: often, daily_cap, monthly_cap } = tenant;
  return {
    name: tenant.name,
    timezone: tenant.timezone,
    default_region: tenant.default_region,
    ai_mode: tenant.ai_mode,
    shadow: tenant.shadow,
    hand_over_phrases: [...tenant.hand_over_phrases],
    max_ai_messages_per_hour: tenant.max_ai_messages_per_hour,
    max_ai_parts: tenant.max_ai_parts,
    quiet_seconds: tenant.quiet_seconds,
    answer_within_minutes: tenant.answer_within_seconds / MINUTE,
    opens: tenant.quiet_hours.opens ?? 8,
    closes: tenant.quiet_hours.closes ?? 21,
    isFrequencyLimited: Boolean(often),
    texts: often?.texts ?? 4,
    days: often?.days ?? 30,
    allowed_regions: [...tenant.allowed_regions],
    currency: daily_cap?.currency ?? monthly_cap?.currency ?? 'USD',
    daily: daily_cap ? daily_cap.nano / NANO : '',
    monthly: monthly_cap ? monthly_cap.nano / NANO : '',
    cap_covers: tenant.cap_covers as 'all' | 'bulk',
    retention_days: tenant.retention_days ?? '',
    resume_days: tenant.resume_days,
  };
}

function asApiTakes(fields: TenantFields): Changes {
  const cap = (amount: number | '') =>
    amount === '' ? null : { nano: Math.round(amount * NANO), currency: fields.currency };
  const { opens, closes, isFrequencyLimited, texts, days, daily, monthly, ...others } = fields;
  const { currency: _, answer_within_minutes, ...same } = others;
  return {
    ...same,
    answer_within_seconds: Math.round(answer_within_minutes * MINUTE),
    quiet_hours: { opens, closes },
    campaign_frequency: isFrequencyLimited ? { texts, days } : null,
    daily_cap: cap(daily),
    monthly_cap: cap(monthly),
    retention_days: fields.retention_days === '' ? null : fields.retention_days,
  };
}

/** Only what was typed since `read`, as a change of the tenant as it is now: what a colleague changed meanwhile stays, the
 * other half of a pair too. */
export function changesOf(fields: TenantFields, tenant: Tenant, read = fieldsOf(tenant)): Changes {
  const now = fieldsOf(tenant);
  return changedFields(asApiTakes(now), asApiTakes({ ...now, ...changedFields(read, fields) }));
}
