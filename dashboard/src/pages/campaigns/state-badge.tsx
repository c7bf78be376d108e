import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './campaigns.module.css';
import { type CampaignState, campaignState } from './states';

export function StateBadge({ state }: { state: CampaignState }) {
  const { t } = useTranslation('campaigns');
  return (
    <Badge variant="default" className={classes.state} data-state={state}>
      {campaignState(t)[state]}
    </Badge>
  );
}
