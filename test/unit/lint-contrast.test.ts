import { expect } from 'chai';
import { faultsOf, inShort } from '../support/inspection.ts';

const found = (html: string, head = '') =>
  faultsOf({ html, layout: { html: `<html><head>${head}</head><body>{{> content}}</body></html>` } });

describe('the check of contrast', () => {
  const faint: [html: string, pair: RegExp][] = [
    ['<p style="color:#999">x</p>', /#999999 on #ffffff has a contrast of 2\.8, 4\.5 are needed/],
    ['<div style="background:#333"><p style="color:rgb(80, 80, 80)">x</p></div>', /#505050 on #333333/],
    ['<table bgcolor="black"><tr><td>x</td></tr></table>', /#000000 on #000000/],
    ['<p style="color: rgba(0,0,0,0.3)">x</p>', /#b3b3b3 on #ffffff/],
    ['<div style="background-color:#223"><a href="https://a.example">x</a></div>', /#0000ee on #222233/],
    ['<h1 style="font-size:30px;color:#aaa">x</h1>', /3 are needed/],
  ];
  for (const [html, pair] of faint) {
    it(`finds ${html}`, () => {
      const faults = found(html);
      expect(faults.map(({ severity, rule }) => `${severity} ${rule}`)).to.deep.equal(['warning contrast']);
      expect(faults[0]?.message).to.match(pair);
    });
  }

  const clear = [
    '<p style="color:#595959">x</p>',
    '<h1 style="font-size:30px;color:#888">x</h1>',
    '<p style="color:#eee;display:none">x</p>',
    '<p style="color:#eee;font-size:1px">x</p>',
    '<p style="color:#fff;background:url(https://a.example/x.png) #fff">x</p>',
    '<div style="background:#fff"><span style="background:#000;color:#fff">x</span></div>',
    '<div style="color:#fff"></div>',
    '<p style="color:var(--x)">x</p>',
  ];
  for (const html of clear) it(`lets ${html} through`, () => expect(found(html)).to.deep.equal([]));

  it('looks at what the styles of a head do, and says a pair of colours once', () => {
    const faults = found('<p>\n<i>a</i><b>b</b></p>', '<style>p { color: #aaa }</style>');
    expect(faults.map(inShort)).to.deep.equal(['warning contrast html:2:1']);
    expect(faults[0]?.message).to.match(/in 2 places/);
  });

  const dark = (rules: string) =>
    `<meta name="color-scheme" content="light dark"><style>p { color: #111 } @media (max-width: 600px) { p { margin: 0 } } @media (prefers-color-scheme: dark) { ${rules} }</style>`;

  it('looks at dark mode as its media query makes it', () => {
    const [fault] = found('<p>x</p>', dark('body { background: #111 !important }'));
    expect(fault?.message).to.match(/hard to read in dark mode: #111111 on #111111/);
    expect(fault).to.include({ part: 'html', line: 1, column: 1 });
    const fixed = dark('body { background: #111 !important } p { color: #eee !important }');
    expect(found('<p>x</p>', fixed)).to.deep.equal([]);
  });
});
