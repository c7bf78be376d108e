import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function Inbox() {
  const { t } = useTranslation('inbox');
  return (
    <Page title={t('Inbox')}>
      <Empty title={t('Inbox')} />
    </Page>
  );
}
