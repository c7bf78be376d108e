import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Team() {
  const { t } = useTranslation('team');
  return (
    <Page title={t('Team')}>
      <Empty title={t('Team')} />
    </Page>
  );
}
