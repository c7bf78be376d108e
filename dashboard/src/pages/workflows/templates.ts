/** Beginnings of a workflow. Their texts are in the language of the person who makes one. */
import type { Definition } from './model/definition';
import type { T } from './words';

const DAY = 86_400;

export interface Template {
  id: string;
  name: string;
  about: string;
  definition: Definition;
}

export const templatesIn = (t: T): Template[] => [
  {
    id: 'empty',
    name: t('From nothing'),
    about: t('One text, and the rest is yours.'),
    definition: {
      trigger: { type: 'campaign' },
      steps: [{ id: 'text', type: 'send_message', text: t('Hi {first_name|there}!') }],
    },
  },
  {
    id: 'question',
    name: t('Ask one question'),
    about: t('Ask, read the answer as a number, thank, or hand over to a person.'),
    definition: {
      trigger: { type: 'keyword', keywords: ['SURVEY'] },
      steps: [
        { id: 'ask', type: 'send_message', text: t('From 1 to 10, how likely are you to recommend us?') },
        {
          id: 'wait',
          type: 'wait_for_reply',
          timeout_seconds: 2 * DAY,
          on_timeout: [{ id: 'silent', type: 'end' }],
        },
        {
          id: 'score',
          type: 'save_response',
          field: 'score',
          as: 'number',
          retry_text: t('Just a number from 1 to 10, please.'),
          max_retries: 1,
        },
        {
          id: 'low',
          type: 'condition',
          if: 'saved.score < 7',
          then: [
            {
              id: 'person',
              type: 'hand_over',
              to: 'person',
              note: t('Gave {score}. Please ask what was wrong.'),
            },
          ],
          else: [{ id: 'thanks', type: 'send_message', text: t('{score}? Thank you!') }],
        },
      ],
    },
  },
  {
    id: 'reminder',
    name: t('Remind of an appointment'),
    about: t('A campaign reminds, people answer yes or another day, and silence goes to a person.'),
    definition: {
      trigger: { type: 'campaign' },
      steps: [
        {
          id: 'wait',
          type: 'wait_for_reply',
          timeout_seconds: DAY,
          on_timeout: [
            {
              id: 'no_answer',
              type: 'hand_over',
              to: 'person',
              note: t('{name|This person} did not confirm.'),
            },
          ],
        },
        {
          id: 'answer',
          type: 'save_response',
          field: 'suits',
          as: 'choice',
          choices: [t('Yes'), t('Another day')],
          retry_text: t('Please reply A for yes or B for another day.'),
          max_retries: 1,
          on_invalid: [
            { id: 'unclear', type: 'hand_over', to: 'person', note: t('The answer could not be read.') },
          ],
        },
        {
          id: 'ok',
          type: 'condition',
          if: `saved.suits == '${t('Yes')}'`,
          then: [{ id: 'confirm', type: 'send_message', text: t('Thank you, see you then.') }],
          else: [{ id: 'other_day', type: 'hand_over', to: 'person', note: t('Wants another day.') }],
        },
      ],
    },
  },
];
