import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Usage() {
  const { t } = useTranslation('usage');
  return (
    <Page title={t('Usage')}>
      <Empty title={t('Usage')} />
    </Page>
  );
}
