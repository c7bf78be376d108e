import { Menu, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { STEP_TYPES, type StepType } from './model/definition';
import { StepIcon } from './step-icon';
import { aboutStep, stepName } from './words';
import classes from './workflows.module.css';

interface AddStepProps {
  /** What the button is called. */
  label: string;
  add: (type: StepType) => void;
  children: ReactNode;
  wide?: boolean;
}

/** A button that opens the kinds of steps. */
export function AddStep({ label, add, children, wide }: AddStepProps) {
  const { t } = useTranslation('workflows');
  return (
    <Menu position="bottom" width={290} withinPortal>
      <Menu.Target>
        <UnstyledButton
          className={wide ? classes['add-wide'] : classes.add}
          aria-label={wide ? undefined : label}
          title={label}
        >
          {children}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} className={classes.kinds}>
        {STEP_TYPES.map((type) => (
          <Menu.Item key={type} leftSection={<StepIcon type={type} />} onClick={() => add(type)}>
            {stepName(t)[type]}
            <Text size="xs" c="dimmed">
              {aboutStep(t)[type]}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
