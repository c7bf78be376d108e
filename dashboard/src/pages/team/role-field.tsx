import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { roleOptions } from './roles';

/** What somebody may do; each role with what it allows. */
export function RoleField(field: Omit<SelectProps, 'data' | 'label'>) {
  const { t } = useTranslation('team');
  return <Select label={t('Role')} allowDeselect={false} data={roleOptions(t)} {...field} />;
}
