import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useTranslation } from 'react-i18next';
import { useAllCommands } from './commands';

/** The command palette (Ctrl/Cmd+K). Loaded when it is first opened. */
export default function Palette() {
  const { t } = useTranslation();
  const actions: SpotlightActionData[] = useAllCommands().map((command) => ({
    id: command.id,
    label: command.label,
    description: command.keys,
    group: command.group,
    onClick: command.run,
  }));
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      scrollable
      maxHeight={420}
      nothingFound={t('Nothing found')}
      searchProps={{ placeholder: t('What do you want to do?'), 'aria-label': t('Command') }}
    />
  );
}
