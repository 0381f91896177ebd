import { expect } from 'chai';
import { Models } from 'postmark';
import { restClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = {
  From: 'shop@sender.example',
  To: 'ada@mail.example',
  TemplateAlias: 'receipt',
  TemplateModel: { name: 'Ada & Co', lines: [{ title: 'Pen' }, { title: 'Ink' }], total: 0 },
};

describe('the sandbox takes templated mail', () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });
  let TemplateId: number;

  beforeEach(async () => {
    await client.createTemplate({
      Name: 'Shell',
      Alias: 'shell',
      TemplateType: Models.TemplateTypes.Layout,
      HtmlBody: '<style>b { color: red }</style><main>{{{ @content }}}</main>',
      TextBody: '== {{{@content}}} ==',
    });
    const made = await client.createTemplate({
      Name: 'Receipt',
      Alias: 'receipt',
      LayoutTemplate: 'shell',
      Subject: 'For {{name}}',
      HtmlBody:
        '<b>{{name}}</b>{{#each lines}}<i>{{title}} for {{../name}}</i>{{/each}}{{^total}}free{{/total}}',
      TextBody: '{{name}}: {{#each lines}}{{title}}, {{/each}}{{missing}}.',
    });
    TemplateId = made.TemplateId;
  });

  it('fills the template in its layout, with styles brought inline', async () => {
    const answer = await client.sendEmailWithTemplate({ ...mail, Tag: 'receipt', Metadata: { order: '1' } });
    expect(answer).to.include({ To: mail.To, ErrorCode: 0, Message: 'OK' });
    expect(await sandbox.content(answer.MessageID)).to.include({ text: '== Ada & Co: Pen, Ink, . ==' });
    const { HtmlBody, Subject, Tag, Metadata } = await client.getOutboundMessageDetails(answer.MessageID);
    expect(HtmlBody).to.contain('<b style="color: red;">Ada &amp; Co</b>');
    expect(HtmlBody).to.contain('<i>Pen for Ada &amp; Co</i><i>Ink for Ada &amp; Co</i>free</main>');
    expect({ Subject, Tag, Metadata }).to.deep.equal({
      Subject: 'For Ada & Co',
      Tag: 'receipt',
      Metadata: { order: '1' },
    });
  });

  it('leaves styles alone when it is told to, and placeholders to Postmark', async () => {
    await client.editTemplate('receipt', { HtmlBody: '<b></b><a href="{{{ pm:unsubscribe }}}">out</a>' });
    const { MessageID } = await client.sendEmailWithTemplate({ ...mail, InlineCss: false });
    const content = await sandbox.content(MessageID);
    expect(content?.html).to.contain('<style>b { color: red }</style><main><b></b>');
    expect(content?.html).to.match(/<a href="http:[^"]+\/sandbox\/unsubscribe\/[^"]+">out<\/a>/);
    const inlined = await client.sendEmailWithTemplate(mail);
    expect((await sandbox.content(inlined.MessageID))?.html).to.match(/<a href="http:[^"]+unsubscribe/);
  });

  it('takes the id before the alias', async () => {
    const both = { ...mail, TemplateId, TemplateAlias: 'nonsense' };
    expect(await client.sendEmailWithTemplate(both)).to.include({ ErrorCode: 0 });
  });

  const refused: [what: string, change: object, code: number, text?: string][] = [
    [
      'an unknown alias',
      { TemplateAlias: 'nowhere' },
      1101,
      "The Template's 'Alias' associated with this request is not valid or was not found.",
    ],
    ['an unknown id', { TemplateId: 1 }, 1101],
    ['a layout', { TemplateAlias: 'shell' }, 1101],
    ['neither id nor alias', { TemplateAlias: undefined }, 1101],
    ['no model', { TemplateModel: undefined }, 1120],
    ['a reserved key in the model', { TemplateModel: { '@content': 'x' } }, 1122],
    ['a subject beside the template', { Subject: 'x' }, 1123],
    ['a body beside the template', { HtmlBody: 'x' }, 1123],
    ['no recipient', { To: '' }, 300, 'Zero recipients specified'],
    ['an unknown stream', { MessageStream: 'nowhere' }, 1235],
    ['a text for the id', { TemplateId: 'x' }, 403],
  ];
  for (const [what, change, code, text] of refused) {
    it(`refuses ${what} with code ${code}`, async () => {
      const refusal = await refusalOf(client.sendEmailWithTemplate({ ...mail, ...change }));
      expect(refusal).to.include({ code, status: 422, ...(text ? { message: text } : {}) });
      expect(sandbox.messages.count).to.equal(0);
    });
  }

  it('answers a batch item by item', async () => {
    sandbox.suppress('outbound', 'gone@mail.example');
    const answers = await client.sendEmailBatchWithTemplates([
      mail,
      { ...mail, TemplateAlias: 'nowhere' },
      { ...mail, To: 'gone@mail.example' },
      { ...mail, TemplateModel: {} },
    ]);
    expect(answers.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([0, 1101, 406, 0]);
    expect(answers[1]).not.to.have.property('MessageID');
    expect(sandbox.messages.last()?.subject).to.equal('For ');
    const many = Array.from({ length: 501 }, () => mail);
    expect(await refusalOf(client.sendEmailBatchWithTemplates(many))).to.include({ code: 410 });
  });

  it('takes mail whose model does not fit and lets it bounce', async () => {
    const model = { name: 'Ada', lines: 'Pen' };
    const { MessageID } = await client.sendEmailWithTemplate({ ...mail, TemplateModel: model });
    await sandbox.idle();
    const [bounce] = (await client.getBounces()).Bounces;
    expect(bounce).to.include({
      Type: 'TemplateRenderingFailed',
      TypeCode: 100010,
      MessageID,
      Inactive: false,
    });
    const { MessageEvents } = await client.getOutboundMessageDetails(MessageID);
    expect(MessageEvents.map(({ Type }) => Type)).to.deep.equal(['Bounced']);
  });

  it('checks under the test token without looking for the template', async () => {
    const test = restClient(sandbox, 'POSTMARK_API_TEST');
    const answer = await test.sendEmailWithTemplate({ ...mail, TemplateAlias: 'nowhere' });
    expect(answer).to.include({ ErrorCode: 0, Message: 'Test job accepted' });
    expect(sandbox.messages.count).to.equal(0);
  });
});
