/** Everything that keys can do: pages add their commands while they are shown; the palette and `?` list them. */
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Command {
  id: string;
  label: string;
  /** As Mantine's hotkeys spell them: "mod+k", "j", "shift+?". Empty: only in the palette. */
  keys: string;
  group?: string;
  run: () => void;
}

let commands: Command[] = [];
const watchers = new Set<() => void>();

function change(next: Command[]): void {
  commands = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const useAllCommands = (): Command[] => useSyncExternalStore(watch, () => commands);

/** Offers these commands as long as the caller is shown. Keys do not act while somebody types in a field. */
export function useCommands(own: Command[]): void {
  useHotkeys(own.filter((command) => command.keys).map((command) => [command.keys, command.run]));
  const latest = useRef(own);
  latest.current = own;
  const described = own.map((command) => `${command.id}\n${command.label}\n${command.keys}`).join('\n\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is offered changes with its description
  useEffect(() => {
    const ids = new Set(own.map((command) => command.id));
    // The palette runs what the page would do now, not what it did when the command was first offered.
    const runNow = (id: string) => latest.current.find((command) => command.id === id)?.run();
    const offered = own.map((command) => ({ ...command, run: () => runNow(command.id) }));
    change([...commands.filter((command) => !ids.has(command.id)), ...offered]);
    return () => change(commands.filter((command) => !ids.has(command.id)));
  }, [described]);
}
