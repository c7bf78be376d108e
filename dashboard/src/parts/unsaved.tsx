import { Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Confirm } from './confirm';

interface Way {
  current: { pathname: string; search: object };
  next: { pathname: string; search: object };
}

const isOtherPage = ({ current, next }: Way) => current.pathname !== next.pathname;

/** What of an address says which part of a page is shown. */
const PARTS = ['tab', 'step', 'from'];
const partOf = (search: object) => PARTS.map((name) => (search as Record<string, unknown>)[name]).join();
const isOtherPart = (way: Way) => isOtherPage(way) || partOf(way.current.search) !== partOf(way.next.search);

interface UnsavedProps {
  when: boolean;
  /** What was typed is gone with another tab of the page, too. */
  alsoTabs?: boolean;
}

/** Asks before what was typed is lost by another page, by a reload or by closing the browser's tab. */
export function Unsaved({ when, alsoTabs }: UnsavedProps) {
  const { t } = useTranslation();
  const leaving = useBlocker({
    shouldBlockFn: alsoTabs ? isOtherPart : isOtherPage,
    enableBeforeUnload: when,
    disabled: !when,
    withResolver: true,
  });
  return (
    <Confirm
      opened={leaving.status === 'blocked'}
      title={t('Leave without saving?')}
      deed={t('Leave')}
      danger
      act={() => leaving.proceed?.()}
      close={() => leaving.reset?.()}
    >
      <Text size="sm">{t('What you typed here is not saved and would be lost.')}</Text>
    </Confirm>
  );
}
