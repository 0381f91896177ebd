import { allElements, type Element, faultAt, type LetterRule } from './letter.ts';

const forbidden = new Set('script iframe frame frameset object embed applet base portal'.split(' '));
const controls = new Set('form input button select textarea'.split(' '));

/** What runs, loads or asks inside a mail: clients remove it, and filters take such mail for an attack. */
export const activeContent: LetterRule = letter =>
  allElements(letter.page).flatMap(element => {
    const message = messageFor(element);
    return message ? [faultAt(letter, element, { severity: 'error', rule: 'active-content', message })] : [];
  });

function messageFor({ name, attribs }: Element): string | null {
  if (forbidden.has(name)) return `Mail must not contain <${name}>: clients remove it. Take it out.`;
  if (controls.has(name)) return `Forms do not work in mail: replace <${name}> by a link to a page of yours.`;
  if (name === 'meta' && attribs['http-equiv']?.toLowerCase() === 'refresh')
    return 'A mail cannot lead to another page by itself: take the refresh out.';
  const handler = Object.keys(attribs).find(attribute => /^on[a-z]+$/i.test(attribute));
  return handler ? `Scripts do not run in mail: take the attribute ${handler} out.` : null;
}
