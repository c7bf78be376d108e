import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function OneContact() {
  const { t } = useTranslation('contacts');
  return (
    <Page title={t('Contacts')}>
      <Empty title={t('Contacts')} />
    </Page>
  );
}
