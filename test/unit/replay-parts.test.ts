import { expect } from 'chai';
import { issueText, positionText } from '../../server/mail/templates/issue.ts';
import { compareWithSent, visibleOf } from '../../server/mail/templates/preview/tasks/compare.ts';
import { render, renderProblem } from '../../server/mail/templates/preview/tasks/render.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

describe('what a replay compares', () => {
  const name = { contract: { name: { type: 'string' as const } }, sample: { name: 'Ada' } };
  const job = (input: ContentInput, data: Record<string, unknown> = { name: 'Ada' }) => ({
    content: templateContent({ ...name, ...input }),
    ...{ data, locale: null, unsubscribe: '#', partBytes: 100_000 },
  });
  const compared = (before: ContentInput, after: ContentInput) =>
    compareWithSent({ ...job(after), sentWith: job(before).content });

  it('is what a reader sees: words, and what dresses them', () => {
    const page =
      '<head><title>No</title><style> p { color: red } </style></head><!-- no --><p style="color: red"\n title="no">Hi <b>Ada</b></p>';
    expect(visibleOf(page)).to.deep.equal({
      words: ['Hi', 'Ada'],
      looks: ['p { color: red }', 'p style=color: red', 'b'],
    });
  });

  it('tells the words that change, in subject and HTML', () => {
    const found = compared(
      { subject: 'Hi {{name}}', html: '<p>Good day {{name}}</p>' },
      { subject: 'Hello {{name}}', html: '<p>Good evening, dear {{name}}</p>' },
    );
    expect(found.words).to.deep.equal([
      { before: 'Hi', after: 'Hello' },
      { before: 'day', after: 'evening, dear' },
    ]);
    expect(found.looks).to.equal(0);
    expect(found.share).to.be.within(0.2, 0.8);
  });

  it('counts looks with the words, and what nobody sees as nothing', () => {
    const html = '<p>One two three {{name}}</p>';
    expect(compared({ html }, { html: html.replace('<p>', '<p style="color: red">') })).to.include({
      kind: 'different',
      looks: 2,
    });
    expect(compared({ html }, { html: html.replace('<p>', '<!-- x --><p title="x">') })).to.include({
      kind: 'different',
      looks: 0,
      share: 0,
    });
    expect(compared({ html }, { html: '<h1>Else</h1>' }).share).to.be.within(0.5, 1);
  });

  it('shortens a text that is other from end to end', () => {
    const [change] = compared({ html: 'a '.repeat(3000) }, { html: 'b '.repeat(3000) }).words;
    expect(change?.before.length).to.be.at.most(160);
  });

  const faultOf = (input: ContentInput, data?: Record<string, unknown>) => {
    const given = job(input, data);
    try {
      render(given);
    } catch (error) {
      return renderProblem(given.content, given, error);
    }
    throw new Error('It was rendered.');
  };

  it('tells a failure by part and line, in the words of the editor', () => {
    const fault = faultOf({ html: '<p>\n{{nme}}</p>' });
    expect(fault.message).to.match(/^nme is not in the data contract/);
    expect(fault).to.include({ part: 'html', line: 2, column: 3 });
    expect(issueText(fault)).to.match(/^html, line 2: nme is not/);
  });

  it('finds what an optional field that is missing breaks', () => {
    const contract = {
      order: { type: 'object' as const, optional: true, fields: { id: { type: 'string' as const } } },
    };
    const fault = faultOf({ contract, sample: {}, html: 'x\n{{order.id}}' }, {});
    expect(fault.message).to.match(/^order may be left out/);
    expect(fault.line).to.equal(2);
  });

  it('says in plain words what the source does not show', () => {
    const fault = faultOf({ html: '{{date "2026-01-01" name}}' });
    expect(fault.part).to.equal('template');
    expect(fault.message)
      .to.match(/Invalid time zone/)
      .and.not.match(/object Object|\d+:\d+/);
    expect(faultOf({}, { name: 7 })).to.include({ rule: 'data' });
  });

  it('names places as people do', () => {
    const place = { line: 3, column: 1, locale: null };
    expect(positionText({ ...place, part: 'layout.html' })).to.equal('layout, html, line 3');
    expect(positionText({ ...place, part: 'partial:fact.text' })).to.equal('partial fact.text, line 3');
    expect(positionText({ ...place, part: 'subject', locale: 'nl' })).to.equal('subject, nl, line 3');
  });
});
