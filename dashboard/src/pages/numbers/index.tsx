import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Numbers() {
  const { t } = useTranslation('numbers');
  return (
    <Page title={t('Numbers')}>
      <Empty title={t('Numbers')} />
    </Page>
  );
}
