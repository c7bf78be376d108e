import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Setup() {
  const { t } = useTranslation('setup');
  return (
    <Page title={t('Setup')}>
      <Empty title={t('Setup')} />
    </Page>
  );
}
