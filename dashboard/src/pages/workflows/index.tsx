import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Workflows() {
  const { t } = useTranslation('workflows');
  return (
    <Page title={t('Workflows')}>
      <Empty title={t('Workflows')} />
    </Page>
  );
}
