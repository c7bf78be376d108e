import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function OneCampaign() {
  const { t } = useTranslation('campaigns');
  return (
    <Page title={t('Campaigns')}>
      <Empty title={t('Campaigns')} />
    </Page>
  );
}
