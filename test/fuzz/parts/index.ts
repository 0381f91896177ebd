import type { Part } from '../part.ts';
import { csv } from './csv.ts';
import { forms } from './forms.ts';
import { queries } from './lists.ts';
import { recipients } from './recipients.ts';
import { send } from './send.ts';
import { templates } from './templates.ts';
import { webhooks } from './webhooks.ts';

/** Every part; what one takes is known to itself alone. */
export const parts: readonly Part[] = [send, webhooks, queries, recipients, forms, csv, templates].map(
  part => part as Part,
);
