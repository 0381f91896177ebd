const words: Readonly<Record<string, string>> = {
  'account.invite': 'Colleague invited',
  'account.join': 'Invitation accepted',
  'account.password': 'Password changed',
  'account.password-link': 'Password link created',
  'account.role': 'Role changed',
  'account.second-step-off': 'Second step switched off',
  'account.second-step-on': 'Second step switched on',
  'account.second-step-reset': 'Second step reset',
  'campaign.add-recipients': 'Recipients added',
  'campaign.remove-recipients': 'Recipients removed',
  'campaign.retry-failed': 'Failed messages retried',
  'job.run': 'Job run',
  'message.resend': 'Message copied and sent again',
  'message.retry': 'Message retried',
  'seed.begin': 'Sample data started',
  'seed.finish': 'Sample data finished',
  'session.end': 'Signed out',
  'session.start': 'Signed in',
  'template.case-remove': 'Preview case removed',
  'template.case-save': 'Preview case saved',
  'template.test': 'Test sent',
  'webhook.set-up': 'Webhook set up at the provider',
};

const verbs: Readonly<Record<string, string>> = {
  add: 'added',
  cancel: 'cancelled',
  create: 'created',
  delete: 'deleted',
  disable: 'disabled',
  discard: 'draft discarded',
  enable: 'enabled',
  launch: 'launched',
  lift: 'lifted',
  pause: 'paused',
  publish: 'published',
  remove: 'removed',
  restore: 'restored',
  resume: 'resumed',
  save: 'draft saved',
};

/** What was done, in words: `campaign.launch` is "Campaign launched". Of what has no words its name is made readable. */
export function actionLabel(action: string): string {
  if (Object.hasOwn(words, action)) return words[action] ?? action;
  const [, kind, verb] = /^([a-z-]+)\.([a-z-]+)$/.exec(action) ?? [];
  if (!kind || !verb) return action;
  const done = Object.hasOwn(verbs, verb) ? verbs[verb] : verb;
  const text = `${kind} ${done}`.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
