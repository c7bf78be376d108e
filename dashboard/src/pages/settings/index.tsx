import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Settings() {
  const { t } = useTranslation('settings');
  return (
    <Page title={t('Settings')}>
      <Empty title={t('Settings')} />
    </Page>
  );
}
