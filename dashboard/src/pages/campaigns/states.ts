/** States and reasons of campaigns and their recipients, in words. */
import type { TFunction } from 'i18next';
import type { Schemas } from '@/api/client';

export type Campaign = Schemas['CampaignOut'];
export type Recipient = Schemas['campaigns__campaigns__api__schemas__RecipientOut'];
export type Forecast = Schemas['ForecastOut'];
export type CampaignState = Campaign['state'];
export type RecipientState = Recipient['state'];
type T = TFunction<'campaigns'>;

/** Each recipient is in one of these, so their counts add up to the total. */
export const RECIPIENT_STATES = ['delivered', 'sent', 'queued', 'pending', 'failed', 'skipped'] as const;
export const CAMPAIGN_STATES = ['draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled'] as const;

export const campaignState = (t: T): Record<CampaignState, string> => ({
  draft: t('Draft'),
  scheduled: t('Scheduled'),
  running: t('Running'),
  paused: t('Paused'),
  finished: t('Finished'),
  cancelled: t('Cancelled'),
});

export const recipientState = (t: T): Record<RecipientState, string> => ({
  delivered: t('Delivered'),
  sent: t('Sent'),
  queued: t('Queued'),
  pending: t('Waiting'),
  failed: t('Not delivered'),
  skipped: t('Skipped'),
});

export const aboutRecipientState = (t: T): Record<RecipientState, string> => ({
  delivered: t('The phone has the text.'),
  sent: t('The carrier took the text and has not reported yet.'),
  queued: t('On its way to the carrier.'),
  pending: t('Its turn has not come.'),
  failed: t('The carrier could not deliver the text.'),
  skipped: t('No text leaves, for a reason that stands with each recipient.'),
});

/** Why a recipient is skipped, failed or waits. A code that is not known here is shown as it is. */
export function reasonIn(t: T, code: string): string {
  const known: Record<string, string> = {
    opted_out: t('Opted out'),
    suppressed: t('Opted out'),
    frequency_cap: t('Got enough texts lately'),
    foreign_region: t('Country not allowed'),
    missing_variable: t('A variable has no value'),
    too_long: t('Text too long'),
    empty: t('Text empty'),
    erased: t('Person was erased'),
    cancelled: t('Campaign was cancelled'),
    filtered: t('Left out by the workflow'),
    filtered_out: t('Left out by the workflow'),
    already_running: t('Already in this workflow'),
    no_phone_number: t('No phone number'),
    invalid_number: t('Not a phone number'),
    short_code: t('A short code'),
    landline: t('A landline'),
    duplicate_in_file: t('Twice in the file'),
    already_in_campaign: t('Already in the campaign'),
    not_a_table_row: t('Not a row of the table'),
    unresolved: t('Outcome unknown: a person decides'),
    carrier_rejected: t('Refused by the carrier'),
    undelivered: t('The phone could not be reached'),
    expired: t('Too late to send'),
    withdrawn: t('Taken back'),
    budget: t('Spend cap reached'),
    daily_parts: t('Daily limit of the numbers reached'),
    quiet_hours: t('Quiet hours'),
    tenant_suspended: t('The account is suspended'),
    no_active_number: t('No number can send'),
    connection_key_unreadable: t('The key of the carrier connection cannot be read'),
  };
  return known[code] ?? code.replaceAll('_', ' ');
}

/** What ends a hold. */
export function nextStepOfHold(t: T, code: string): string {
  const known: Record<string, string> = {
    budget: t('Raise the cap in the settings, or wait for the next period.'),
    daily_parts: t('It goes on tomorrow, or when the limit of the numbers is raised.'),
    quiet_hours: t('It goes on when the hours open.'),
    tenant_suspended: t('Ask the operator of this installation.'),
    no_active_number: t('Activate a number, or connect one.'),
    connection_key_unreadable: t('Enter the key of the connection again.'),
  };
  return known[code] ?? t('It goes on by itself when this ends.');
}

const NANO = 1_000_000_000;
type MoneyFormat = { money(amount: string | number, currency: string): string };

export const amount = (format: MoneyFormat, nano: number, currency: string) =>
  format.money(nano / NANO, currency);

export function costRange(
  format: MoneyFormat,
  cost: { low: number; high: number; currency: string },
): string {
  const low = amount(format, cost.low, cost.currency);
  const high = amount(format, cost.high, cost.currency);
  return low === high ? low : `${low} – ${high}`;
}

export const isUnderWay = (campaign: Campaign) => campaign.state === 'running' || campaign.state === 'paused';
export const takesRecipients = (campaign: Campaign) =>
  campaign.state === 'draft' || campaign.state === 'paused';

/** The recipients of an answer; the same address also answers with CSV, as text. */
export const rowsOf = (answer: { items: Recipient[] } | string | undefined): Recipient[] =>
  typeof answer === 'object' ? answer.items : [];
