import { Parser } from 'htmlparser2';
import { MailError } from '../error.ts';
import { preferencesMark, unsubscribeMark } from '../messages/composed.ts';

const openable = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sms:']);
const showable = new Set(['http:', 'https:', 'cid:', 'data:']);
/** What runs or reads something on the recipient's machine; no mail may have it. */
const dangerous = /^\s*(java|vb)script\s*:|^\s*file\s*:|^\s*data\s*:/i;

/**
 * Throws `invalid-input` for a link that is dangerous, and, when `strict`, for one that leads nowhere in a mail and for a
 * picture that cannot be shown there: addresses that are not whole, and those that mail clients do not open.
 */
export function checkLinks(html: string, { strict }: { strict: boolean }): void {
  const parser = new Parser({
    onopentag(name, { href, src }) {
      if ((name === 'a' || name === 'area') && href !== undefined) checkLink(href, strict);
      if (name === 'img' && src !== undefined && strict) checkPicture(src);
    },
  });
  parser.end(html);
}

function checkLink(href: string, strict: boolean): void {
  // As browsers read it: without the line breaks and tabs in it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const address = href.replace(/[\u0000-\u0020]/g, '');
  if (dangerous.test(address)) throw fault(href, 'is not a link that a mail may have');
  const isOurs = href.includes(unsubscribeMark) || href.includes(preferencesMark);
  if (!strict || address === '' || address.startsWith('#') || isOurs) return;
  if (!URL.canParse(address))
    throw fault(href, 'is not a whole address: begin it with https:// and the name of the site');
  if (!openable.has(new URL(address).protocol)) throw fault(href, 'is not opened by mail clients');
}

function checkPicture(src: string): void {
  const isWhole = URL.canParse(src) && showable.has(new URL(src).protocol);
  if (!isWhole) throw fault(src, 'is not a whole address of a picture: begin it with https:// or cid:');
}

function fault(address: string, what: string): MailError {
  const shown = address.length > 80 ? `${address.slice(0, 77)}...` : address;
  return new MailError('invalid-input', `"${shown}" in html ${what}.`, 'html');
}
