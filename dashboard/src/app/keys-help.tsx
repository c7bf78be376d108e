import { Modal, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAllCommands } from './commands';
import classes from './shell.module.css';

/** All keys of what is shown. Loaded when somebody asks. */
export default function KeysHelp({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const commands = useAllCommands().filter((command) => command.keys);
  return (
    <Modal opened onClose={close} title={t('Keys')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Table>
        <Table.Tbody>
          {commands.map((command) => (
            <Table.Tr key={command.id}>
              <Table.Td>{command.label}</Table.Td>
              <Table.Td>
                <kbd className={classes.key}>{shown(command.keys)}</kbd>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

const MOD = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl+';

/** As they stand on a keyboard: "Ctrl+K", "?". */
const shown = (keys: string) =>
  keys
    .replace('mod+', MOD)
    .replace('shift+?', '?')
    .replace('shift+', '⇧ ')
    .replace(/\+[a-z]$|⌘[a-z]$/, (end) => end.toUpperCase());
