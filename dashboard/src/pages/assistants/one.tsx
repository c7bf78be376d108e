import { useTranslation } from 'react-i18next';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export default function OneAssistant() {
  const { t } = useTranslation('assistants');
  return (
    <Page title={t('Assistants')}>
      <Empty title={t('Assistants')} />
    </Page>
  );
}
