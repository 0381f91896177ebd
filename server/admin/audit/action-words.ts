const words: Readonly<Record<string, string>> = {
  'account.invite': 'Colleague invited',
  'account.join': 'Invitation taken up',
  'account.password': 'Password changed',
  'account.password-link': 'Link for a new password made',
  'account.role': 'Role changed',
  'account.second-step-off': 'Second step switched off',
  'account.second-step-on': 'Second step switched on',
  'account.second-step-reset': 'Second step reset',
  'campaign.add-recipients': 'Recipients added',
  'campaign.remove-recipients': 'Recipients taken out',
  'campaign.retry-failed': 'Failed messages tried again',
  'job.run': 'Job made due',
  'message.resend': 'Copy of a message sent',
  'message.retry': 'Message tried again',
  'seed.begin': 'Sample data begun',
  'seed.finish': 'Sample data finished',
  'session.end': 'Signed out',
  'session.start': 'Signed in',
  'template.case-remove': 'Preview case removed',
  'template.case-save': 'Preview case saved',
  'template.test': 'Test sent',
  'webhook.set-up': 'Webhook set up at Postmark',
};

const verbs: Readonly<Record<string, string>> = {
  add: 'added',
  cancel: 'cancelled',
  create: 'made',
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
export function actionWords(action: string): string {
  if (Object.hasOwn(words, action)) return words[action] ?? action;
  const [, kind, verb] = /^([a-z-]+)\.([a-z-]+)$/.exec(action) ?? [];
  if (!kind || !verb) return action;
  const done = Object.hasOwn(verbs, verb) ? verbs[verb] : verb;
  const text = `${kind} ${done}`.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
