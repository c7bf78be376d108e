import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function System() {
  const { t } = useTranslation('system');
  return (
    <Page title={t('System')}>
      <Empty title={t('System')} />
    </Page>
  );
}
