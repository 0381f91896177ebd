/**
 * What happens at the doors, most of it by people whom nobody knows: `mail.security.record`. A flood of one is kept as a
 * count. A new one needs a label, too.
 */
export const securityKinds = [
  'access.limit',
  'access.refuse',
  'account.password-fail',
  'do-not-contact-login.fail',
  'form.forge',
  'link.refuse',
  'sign-in.admin-lock',
  'sign-in.code-fail',
  'sign-in.code-reuse',
  'sign-in.fail',
  'sign-in.lock',
  'webhook-login.fail',
] as const;

/** One of {@link securityKinds}. */
export type SecurityKind = (typeof securityKinds)[number];

/** Who did it, where nobody knows. */
export const stranger = 'anonymous';

/** Every action of the audit log: resource and verb. A new one is added here; the admin app must label it to compile. */
export const auditActions = [
  'account.disable',
  'account.enable',
  'account.invitation-link',
  'account.invite',
  'account.join',
  'account.password',
  'account.password-link',
  'account.role',
  'account.two-factor-off',
  'account.two-factor-on',
  'account.two-factor-reset',
  'approval.approve',
  'approval.decline',
  'approval.expire',
  'approval.outdate',
  'approval.request',
  'approval.withdraw',
  'brand.create',
  'brand.discard',
  'brand.publish',
  'brand.restore',
  'brand.save',
  'campaign.add-recipients',
  'campaign.cancel',
  'campaign.create',
  'campaign.launch',
  'campaign.pause',
  'campaign.remove-recipients',
  'campaign.resume',
  'campaign.retry-failed',
  'consent.record',
  'job.create',
  'job.delete',
  'job.disable',
  'job.enable',
  'job.pause',
  'job.requeue',
  'job.resume',
  'job.retry',
  'job.run',
  'layout.create',
  'layout.discard',
  'layout.publish',
  'layout.restore',
  'layout.save',
  'message.cancel',
  'message.reschedule',
  'message.resend',
  'message.retry',
  'partial.create',
  'partial.discard',
  'partial.publish',
  'partial.restore',
  'partial.save',
  'seed.begin',
  'seed.finish',
  'session.end',
  'session.start',
  'suppression.accept-server',
  'suppression.add',
  'suppression.import',
  'suppression.lift',
  'template.sample-data-remove',
  'template.sample-data-save',
  'template.create',
  'template.discard',
  'template.publish',
  'template.restore',
  'template.save',
  'template.test',
  'topic.archive',
  'topic.restore',
  'topic.save',
  'webhook-password.add',
  'webhook-password.remove',
  'webhook.set-up',
  ...securityKinds,
] as const;

/** One of {@link auditActions}. */
export type AuditAction = (typeof auditActions)[number];

/** True for an action that can be recorded. */
export function isAuditAction(action: string): action is AuditAction {
  return (auditActions as readonly string[]).includes(action);
}
