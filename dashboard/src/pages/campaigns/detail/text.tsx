import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Campaign } from '../states';
import { usePreview } from '../wizard/preview';
import { Readers } from '../wizard/readers';
import classes from '../wizard/wizard.module.css';

export function TextTab({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaigns');
  const preview = usePreview(campaign, campaign.text ?? '');
  const hours = campaign.send_window;
  return (
    <div className={classes.two}>
      <dl className={classes.facts}>
        <dt>{t('Text')}</dt>
        <dd dir="auto">{campaign.text ?? t('The workflow does all sending')}</dd>
        <dt>{t('From')}</dt>
        <dd>{campaign.from_numbers.join(', ') || t('all your numbers, in turn')}</dd>
        <dt>{t('Hours')}</dt>
        <dd>
          {hours
            ? t(
                '{{opens}}:00 to {{closes}}:00 on the recipient’s own clock, within the hours of the settings',
                hours,
              )
            : t('as in the settings, on the recipient’s own clock')}
        </dd>
        <dt>{t('After it')}</dt>
        <dd>
          {campaign.workflow_id ? (
            <Link to="/workflows/$workflowId" params={{ workflowId: campaign.workflow_id }}>
              {t('a workflow, version {{version}}', { version: campaign.workflow_version ?? '–' })}
            </Link>
          ) : (
            t('replies come to the inbox')
          )}
        </dd>
      </dl>
      {campaign.text ? (
        <Readers text={campaign.text} preview={preview} />
      ) : (
        <Text size="sm" c="dimmed">
          {t('Each text stands in the workflow.')}
        </Text>
      )}
    </div>
  );
}
