import { Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language, speak } from '@/words/i18n';

/** Language and light or dark, kept in this browser. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{t('Language')}</Menu.Label>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('Language')}
        value={i18n.language}
        onChange={(language) => speak(language as Language)}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      />
      <Menu.Label>{t('Appearance')}</Menu.Label>
      <SegmentedControl
        fullWidth
        size="xs"
        mb={4}
        aria-label={t('Appearance')}
        value={colorScheme}
        onChange={(scheme) => setColorScheme(scheme as 'light' | 'dark' | 'auto')}
        data={[
          { value: 'light', label: t('Light') },
          { value: 'dark', label: t('Dark') },
          { value: 'auto', label: t('System') },
        ]}
      />
    </>
  );
}
