import { Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { $api, api, type Schemas } from '@/api/client';
import { useAct } from '@/parts/act';
import { Dialog } from '@/parts/dialog';
import { Failure, Loading } from '@/parts/states';
import { useMe } from '@/session/me';
import { phone } from '@/words/phone';
import { classNames } from './kinds';

/** Takes over numbers of a carrier account. */
export function ImportNumbers({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation('numbers');
  return (
    <Dialog opened={opened} close={close} size="lg" title={t('Add numbers')}>
      {opened && <Choose done={close} />}
    </Dialog>
  );
}

function Choose({ done }: { done: () => void }) {
  const { t } = useTranslation('numbers');
  const { tenant_id } = useMe();
  const found = $api.useQuery('get', '/api/accounts/tenants/{tenant_id}/connections', {
    params: { path: { tenant_id } },
  });
  const connections = (found.data?.items ?? []).filter((one) => one.active);
  const [chosen, setChosen] = useState<string | null>(null);
  const id = chosen ?? connections[0]?.id;
  if (found.isLoadingError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading rows={3} />;
  if (!id)
    return (
      <Text size="sm">
        {t('First connect a carrier account.')}{' '}
        <Link to="/settings" search={{ tab: 'carrier' }}>
          {t('Carrier accounts')}
        </Link>
      </Text>
    );
  return (
    <Stack>
      {connections.length > 1 && (
        <Select
          label={t('Carrier account')}
          value={id}
          onChange={setChosen}
          allowDeselect={false}
          data={connections.map((one) => ({ value: one.id, label: `${one.kind} · ${one.id.slice(0, 12)}` }))}
        />
      )}
      <Offered key={id} connection={id} done={done} />
    </Stack>
  );
}

/** The numbers of one carrier account, to be ticked. Also part of the first run. */
export function Offered({ connection, done }: { connection: string; done: () => void }) {
  const { t } = useTranslation('numbers');
  const { tenant_id } = useMe();
  const { act, isBusy } = useAct();
  const path = { tenant_id, id: connection };
  const offered = $api.useQuery(
    'get',
    '/api/accounts/tenants/{tenant_id}/connections/{id}/available-numbers',
    { params: { path, query: { limit: 200 } } },
    { retry: false, staleTime: 0 },
  );
  const [chosen, setChosen] = useState<string[]>([]);
  const free = (offered.data?.items ?? []).filter((one) => one.here === 'available' && one.fits_profile);
  // biome-ignore lint/correctness/useExhaustiveDependencies: all are chosen when they arrive
  useEffect(() => setChosen(free.map((one) => one.phone_number)), [offered.data]);
  async function take() {
    const answer = await act(() =>
      api.POST('/api/accounts/tenants/{tenant_id}/connections/{id}/import', {
        params: { path },
        body: { phone_numbers: chosen },
      }),
    );
    if (answer?.data && answer.data.left_out.length === 0) done();
    setLeftOut(answer?.data?.left_out ?? []);
  }
  const [leftOut, setLeftOut] = useState<{ phone_number: string; detail: string }[]>([]);
  if (offered.isLoadingError) return <Failure error={offered.error} retry={() => void offered.refetch()} />;
  if (!offered.data) return <Loading rows={3} />;
  if (offered.data.items.length === 0)
    return (
      <Text size="sm">
        {t('This carrier account has no number. Buy one in the carrier’s portal; then it is listed here.')}
      </Text>
    );
  return (
    <Stack gap="sm">
      <Checkbox.Group value={chosen} onChange={setChosen} label={t('Numbers of this account')}>
        <Stack gap={6} mt={6}>
          {offered.data.items.map((one) => (
            <OfferedNumber key={one.phone_number} number={one} />
          ))}
        </Stack>
      </Checkbox.Group>
      {leftOut.map((one) => (
        <Text key={one.phone_number} size="sm" c="red" role="alert">
          {phone(one.phone_number)}: {one.detail}
        </Text>
      ))}
      <Group justify="flex-end">
        <Button onClick={() => void take()} loading={isBusy} disabled={chosen.length === 0}>
          {t('Take over {{count}} numbers', { count: chosen.length })}
        </Button>
      </Group>
    </Stack>
  );
}

function OfferedNumber({ number }: { number: Schemas['AvailableNumberOut'] }) {
  const { t } = useTranslation('numbers');
  const why =
    number.here === 'yours'
      ? t('yours already')
      : number.here === 'taken'
        ? t('used by another business of this installation')
        : number.fits_profile
          ? ''
          : t('on another messaging profile of the carrier');
  return (
    <Checkbox
      value={number.phone_number}
      disabled={Boolean(why)}
      label={phone(number.phone_number)}
      description={[classNames(t)[number.number_class], why].filter(Boolean).join(' · ')}
    />
  );
}
