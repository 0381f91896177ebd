import { expect } from 'chai';
import { Parser } from 'htmlparser2';
import { type AccountMailKind, accountMailKinds } from '../../server/accounts/account-mail-kinds.ts';
import { accountMailParts } from '../../server/accounts/account-mail-parts.ts';
import { say } from '../../server/accounts/account-mail-text.ts';

const link = 'http://127.0.0.1/invitation/5tK0wq9ZrN3vYbX7dLhE2mAaPcJf8sUg';
const hostile = [
  '<img src="https://evil.example/?x=">',
  '"><a href=https://evil.example/>click</a>',
  'www.evil.example',
  'https://evil.example/\r\n\r\nSign in at evil.example',
  '{{link}} {{{link}}} {{postlane:unsubscribe}}',
  'ada@evil.example',
  '&lt;img&gt; &#60;b&#62;',
];

/** The elements of a mail, and the addresses that they name. */
function elementsOf(html: string): { addresses: Set<string>; names: string[] } {
  const [addresses, names] = [new Set<string>(), [] as string[]];
  const parser = new Parser({
    onopentag(name, { href, src, action, background }) {
      names.push(name);
      for (const address of [href, src, action, background])
        if (address !== undefined) addresses.add(address);
    },
  });
  parser.end(html);
  return { addresses, names };
}

describe('mail to accounts', () => {
  const written = (kind: AccountMailKind, name: string, organisation = 'Blue Door') => {
    const notice = { notice: 'new-browser' as const, browser: name, at: new Date(0), profile: link };
    const data = { link, hours: 1, by: name, role: 'editor' as const, what: name, approved: true, ...notice };
    return accountMailParts(accountMailKinds[kind].text(data, { name, organisation }), organisation);
  };

  for (const kind of Object.keys(accountMailKinds) as AccountMailKind[]) {
    it(`of the kind ${kind} keeps names that people choose as words`, () => {
      for (const value of hostile) {
        const { subject, html, text } = written(kind, value, value);
        const { addresses, names } = elementsOf(html);
        expect(addresses, value).to.deep.equal(new Set([link]));
        expect(names, value).not.to.include('img');
        expect(text.match(/https?:\/\/\S+|www\.\S+|\S+@\S+/g), value).to.deep.equal([link]);
        for (const part of [subject, html, text]) expect(part, value).not.to.match(/evil\.example|\{\{|\r/);
        expect(subject).not.to.include('\n');
      }
    });
  }

  it('keeps names as they are written otherwise', () => {
    for (const name of ['Ada', 'J. R. Søren-Ünal', "O'Hara", 'Ada, 2nd', '李雷'])
      expect(say`Hello ${name}.`).to.equal(`Hello ${name}.`);
    expect(written('invitation', "O'Hara").html).to.include('Hello O&#39;Hara. O&#39;Hara invites you');
  });
});
