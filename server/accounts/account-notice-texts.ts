import type { Role } from '../admin/person.ts';
import { type AccountMailText, type PlainText, say } from './account-mail-text.ts';

/** What somebody is told about the own account. */
export type AccountNotice =
  | 'code-reused'
  | 'disabled'
  | 'enabled'
  | 'new-browser'
  | 'password-changed'
  | 'role-changed'
  | 'second-step-off'
  | 'second-step-on'
  | 'second-step-reset';

/** What a notice knows. */
export interface AccountNoticeData {
  notice: AccountNotice;
  /** The role of the account now. */
  role: Role;
  /** The name of the person who did it; null for the account's owner, or somebody who acts as one. */
  by: string | null;
  /** The browser, in words; null where it says nothing. */
  browser: string | null;
  at: Date;
  /** The account's page. */
  profile: string;
}

/** A notice as a mail. */
export function noticeText(data: AccountNoticeData, organisation: string): AccountMailText {
  const { heading, what } = texts[data.notice](data);
  const at = data.at.toISOString();
  return {
    subject: say`${heading}: the mail pages of ${organisation}`,
    heading,
    paragraphs: [what, say`It was on ${at.slice(0, 10)} at ${at.slice(11, 13)}:${at.slice(14, 16)} UTC.`],
    ...(data.notice !== 'disabled' && { button: { label: say`Open your account`, href: data.profile } }),
    footnote:
      data.by === null
        ? say`Was it not you? Then change your password at once, end all sessions on your account page, and tell an admin.`
        : say`Not expected? Then ask ${data.by}.`,
  };
}

const texts: Record<AccountNotice, (data: AccountNoticeData) => { heading: PlainText; what: PlainText }> = {
  'code-reused': () => ({
    heading: say`A sign-in code was used twice`,
    what: say`The right password and a code that had been used already were entered for your account. The sign-in was refused. Somebody may have read your code as you typed it.`,
  }),
  disabled: ({ by }) => ({
    heading: say`Your account is disabled`,
    what: say`${by ?? 'An admin'} disabled your account. You cannot sign in with it.`,
  }),
  enabled: ({ by }) => ({
    heading: say`Your account is enabled`,
    what: say`${by ?? 'An admin'} enabled your account. You can sign in with it again.`,
  }),
  'new-browser': ({ browser }) => ({
    heading: say`A sign-in from a new browser`,
    what: say`Somebody signed in to your account with ${browser ?? 'a browser'} for the first time.`,
  }),
  'password-changed': () => ({
    heading: say`Your password was changed`,
    what: say`The password of your account was changed, and its sessions have ended.`,
  }),
  'role-changed': ({ by, role }) => ({
    heading: say`Your role was changed`,
    what: say`${by ?? 'An admin'} changed your role. It is ${role} now.`,
  }),
  'second-step-off': () => ({
    heading: say`Two-factor authentication is off`,
    what: say`Two-factor authentication was turned off for your account. The password alone opens it.`,
  }),
  'second-step-on': () => ({
    heading: say`Two-factor authentication is on`,
    what: say`Two-factor authentication was turned on for your account. Signing in takes a code from now on.`,
  }),
  'second-step-reset': ({ by }) => ({
    heading: say`Two-factor authentication was reset`,
    what: say`${by ?? 'An admin'} turned two-factor authentication off for your account. The password alone opens it until you set it up again.`,
  }),
};
