import { type AccountMailText, say } from './account-mail-text.ts';

/** What a mail to an account says, as the HTML and the text that go out. The same for every host: nobody edits it. */
export function accountMailParts(
  text: AccountMailText,
  organisation: string,
): { subject: string; html: string; text: string } {
  return { subject: text.subject, html: htmlOf(text, organisation), text: textOf(text) };
}

function htmlOf(
  { subject, heading, paragraphs, button, footnote }: AccountMailText,
  organisation: string,
): string {
  const body = [
    `<h1 style="margin:0 0 16px;font-size:26px;line-height:34px;">${escapeHtml(heading)}</h1>`,
    ...paragraphs.map(one => `<p style="margin:0 0 16px;">${escapeHtml(one)}</p>`),
    ...(button ? [buttonOf(button)] : []),
    ...(footnote ? [`<p style="${fine}">${escapeHtml(footnote)}</p>`] : []),
    `<p style="${fine}">${escapeHtml(say`${organisation}`)}</p>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:32px 16px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:26px;">
<div style="max-width:560px;margin:0 auto;">
${body.join('\n')}
</div>
</body>
</html>
`;
}

const fine = 'margin:24px 0 0;font-size:14px;line-height:22px;';

function buttonOf({ label, href }: NonNullable<AccountMailText['button']>): string {
  const address = escapeHtml(href);
  return `<p style="margin:24px 0;"><a href="${address}" style="display:inline-block;padding:12px 24px;border-radius:8px;background-color:#1b4fd1;color:#ffffff;font-weight:600;text-decoration:none;">${escapeHtml(label)}</a></p>
<p style="${fine}">If the button does not work, copy this address into your browser:<br><a href="${address}" style="word-break:break-all;">${address}</a></p>`;
}

function textOf({ heading, paragraphs, button, footnote }: AccountMailText): string {
  const action = button ? [`${button.label}:\n${button.href}`] : [];
  return `${[heading, ...paragraphs, ...action, ...(footnote ? [footnote] : [])].join('\n\n')}\n`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'{}]/g, character => `&#${character.charCodeAt(0)};`);
}
