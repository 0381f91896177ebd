import type { Role } from '../admin/person.ts';
import { type AccountMailText, type PlainText, say } from './account-mail-text.ts';
import { type AccountNoticeData, noticeText } from './account-notice-texts.ts';

/** What every kind knows beside its own data. */
export interface AccountMailAbout {
  /** Whom the mail is for. */
  name: string;
  /** In whose name mail goes out. */
  organisation: string;
}

interface Kind<Data> {
  /**
   * True for a link that opens the account: handed over at once or not at all, and then removed from the ledger. False for a
   * notice, which is tried until it goes out.
   */
  opensAccount: boolean;
  text(data: Data, about: AccountMailAbout): AccountMailText;
}

/** A link with which the account's owner chooses a password. `by` is the admin who made it, null where the owner asked. */
export interface PasswordLinkData {
  link: string;
  hours: number;
  by: string | null;
}

/** Every mail that is sent to accounts. Another one is another entry. */
export const accountMailKinds = {
  invitation: kind<PasswordLinkData & { role: Role }>({
    opensAccount: true,
    text: ({ link, hours, by, role }, { name, organisation }) => ({
      subject: say`You are invited to the mail pages of ${organisation}`,
      heading: say`You are invited`,
      paragraphs: [
        by === null
          ? say`Hello ${name}. You are invited to the mail pages of ${organisation} as ${role}. Choose a password to join.`
          : say`Hello ${name}. ${by} invites you to the mail pages of ${organisation} as ${role}. Choose a password to join.`,
        worksOnce(hours),
      ],
      button: { label: say`Choose a password`, href: link },
      footnote: unexpectedLink(by),
    }),
  }),

  'password-link': kind<PasswordLinkData>({
    opensAccount: true,
    text: ({ link, hours, by }, { name, organisation }) => ({
      subject: say`Choose a new password for the mail pages of ${organisation}`,
      heading: say`Choose a new password`,
      paragraphs: [
        by === null
          ? say`Hello ${name}. Someone, probably you, asked for a link to choose a new password for the mail pages of ${organisation}.`
          : say`Hello ${name}. ${by} created a link for you to choose a new password for the mail pages of ${organisation}.`,
        worksOnce(hours),
      ],
      button: { label: say`Choose a password`, href: link },
      footnote: unexpectedLink(by),
    }),
  }),

  notice: kind<AccountNoticeData>({
    opensAccount: false,
    text: (data, { organisation }) => noticeText(data, organisation),
  }),

  'approval-request': kind<{ by: string; what: string; link: string }>({
    opensAccount: false,
    text: ({ by, what, link }, { name, organisation }) => ({
      subject: say`${by} asks for your approval`,
      heading: say`A second person is needed`,
      paragraphs: [
        say`Hello ${name}. ${by} asks for somebody else's word to ${what} on the mail pages of ${organisation}.`,
        say`Look at it there, then approve it or decline it. Nothing happens until somebody does.`,
      ],
      button: { label: say`Look at the request`, href: link },
    }),
  }),

  'approval-decision': kind<{ by: string; what: string; approved: boolean; link: string }>({
    opensAccount: false,
    text: ({ by, what, approved, link }, { name, organisation }) => ({
      subject: approved ? say`${by} approved your request` : say`${by} declined your request`,
      heading: approved ? say`Approved and done` : say`Declined`,
      paragraphs: [
        approved
          ? say`Hello ${name}. ${by} approved your request to ${what} on the mail pages of ${organisation}. It has been done.`
          : say`Hello ${name}. ${by} declined your request to ${what} on the mail pages of ${organisation}. The reason is on the page.`,
      ],
      button: { label: say`Open the request`, href: link },
    }),
  }),
};

/** The name of a kind. */
export type AccountMailKind = keyof typeof accountMailKinds;
/** What a kind is told. */
export type AccountMailData<K extends AccountMailKind> = Parameters<(typeof accountMailKinds)[K]['text']>[0];

function kind<Data>(one: Kind<Data>): Kind<Data> {
  return one;
}

function worksOnce(hours: number): PlainText {
  return hours === 1
    ? say`The link works once, for one hour.`
    : say`The link works once, for ${hours} hours.`;
}

function unexpectedLink(by: string | null): PlainText {
  return by === null
    ? say`Not expected? Then do not follow the link: nothing changes until somebody does.`
    : say`Not expected? Then ask ${by} before you follow the link.`;
}
