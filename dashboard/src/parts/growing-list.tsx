import { Button, Group, Stack } from '@mantine/core';
import { Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog';
import { Empty } from './states';

interface GrowingListProps {
  /** The deed that adds one; also the title of its form. */
  deed: string;
  /** Shown while there is none. */
  empty: { title: string; about: string; icon: ReactNode };
  isEmpty: boolean;
  form: (done: () => void) => ReactNode;
  children: ReactNode;
  maxWidth?: number;
}

/** Things of one kind, and the button that adds another by a form in a dialog. */
export function GrowingList({ deed, empty, isEmpty, form, children, maxWidth }: GrowingListProps) {
  const [isAdding, setAdding] = useState(false);
  const done = () => setAdding(false);
  const add = (
    <Button leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
      {deed}
    </Button>
  );
  return (
    <Stack gap="md" maw={maxWidth}>
      {isEmpty ? (
        <Empty title={empty.title} icon={empty.icon} action={add}>
          {empty.about}
        </Empty>
      ) : (
        <Group justify="flex-end">{add}</Group>
      )}
      {children}
      <Dialog opened={isAdding} close={done} title={deed}>
        {isAdding && form(done)}
      </Dialog>
    </Stack>
  );
}
