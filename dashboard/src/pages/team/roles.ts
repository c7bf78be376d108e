import type { TFunction } from 'i18next';

export type Role = 'viewer' | 'agent' | 'admin';

export const roleNames = (t: TFunction<'team'>): Record<Role, string> => ({
  viewer: t('Viewer'),
  agent: t('Agent'),
  admin: t('Admin'),
});

export const roleOptions = (t: TFunction<'team'>) => [
  { value: 'viewer', label: t('Viewer: reads') },
  { value: 'agent', label: t('Agent: answers customers') },
  { value: 'admin', label: t('Admin: also changes settings') },
];
