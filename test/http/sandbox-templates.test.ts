import { expect } from 'chai';
import { Models } from 'postmark';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const welcome = {
  Name: 'Welcome',
  Alias: 'welcome',
  Subject: 'Hello {{name}}',
  HtmlBody: '<p>Hi {{name}}</p>',
  TextBody: 'Hi {{name}}',
};

describe("the sandbox's templates", () => {
  const { sandbox, client } = useSandbox();

  it('are created, read by id and alias, edited and listed', async () => {
    const made = await client.createTemplate(welcome);
    const row = {
      Name: 'Welcome',
      Active: true,
      Alias: 'welcome',
      TemplateType: 'Standard',
      LayoutTemplate: null,
    };
    expect(made).to.deep.equal({ ...row, TemplateId: made.TemplateId });
    const whole = {
      ...row,
      TemplateId: made.TemplateId,
      Subject: welcome.Subject,
      HtmlBody: welcome.HtmlBody,
      TextBody: welcome.TextBody,
      AssociatedServerId: 77,
    };
    expect(await client.getTemplate('WELCOME')).to.deep.equal(whole);
    expect(await client.getTemplate(made.TemplateId)).to.deep.equal(whole);
    const edited = await client.editTemplate('welcome', { Subject: 'Welcome {{name}}', Alias: null });
    expect(edited).to.include({ Alias: null, Name: 'Welcome' });
    expect(await client.getTemplate(made.TemplateId)).to.include({
      Subject: 'Welcome {{name}}',
      HtmlBody: welcome.HtmlBody,
    });
    const { TotalCount, Templates } = await client.getTemplates({ count: 10 });
    expect(TotalCount).to.equal(1);
    expect(Templates).to.deep.equal([{ ...row, Alias: null, TemplateId: made.TemplateId }]);
  });

  it('are readable by id after they were deleted, but free their alias', async () => {
    const { TemplateId } = await client.createTemplate(welcome);
    expect(await client.deleteTemplate('welcome')).to.deep.equal({
      ErrorCode: 0,
      Message: `Template ${TemplateId} removed.`,
    });
    expect(await client.getTemplate(TemplateId)).to.include({ Active: false });
    expect((await client.getTemplates()).TotalCount).to.equal(0);
    expect(await refusalOf(client.getTemplate('welcome'))).to.deep.include({
      code: 1101,
      message: "The Template's 'Alias' associated with this request is not valid or was not found.",
    });
    expect(await refusalOf(client.deleteTemplate(TemplateId))).to.include({ code: 1101 });
    await client.createTemplate(welcome);
  });

  it('stand in layouts, which cannot go while they are used', async () => {
    const TemplateType = Models.TemplateTypes.Layout;
    await client.createTemplate({
      Name: 'Shell',
      Alias: 'shell',
      TemplateType,
      HtmlBody: '<main>{{{ @content }}}</main>',
    });
    await client.createTemplate({ ...welcome, LayoutTemplate: 'shell' });
    expect((await client.getTemplate('shell')).Subject).to.equal(null);
    expect((await client.getTemplates({ templateType: TemplateType })).TotalCount).to.equal(1);
    expect((await client.getTemplates({ layoutTemplate: 'shell' })).Templates[0]).to.include({
      Alias: 'welcome',
    });
    expect(await refusalOf(client.deleteTemplate('shell'))).to.include({ code: 1130 });
    await client.editTemplate('welcome', { LayoutTemplate: '' });
    await client.deleteTemplate('shell');
  });

  const layout = Models.TemplateTypes.Layout;
  const refused: [what: string, template: object, code: number][] = [
    ['nothing', {}, 1109],
    ['no name', { ...welcome, Name: '' }, 1120],
    ['no subject', { ...welcome, Subject: '' }, 1120],
    ['no body', { Name: 'x', Subject: 'x' }, 1120],
    ['a long subject', { ...welcome, Subject: 'x'.repeat(2001) }, 1121],
    ['an odd alias', { ...welcome, Alias: '1st' }, 1122],
    ['an odd type', { ...welcome, TemplateType: 'Partial' }, 1122],
    ['an unclosed scope', { ...welcome, HtmlBody: '{{#a}}' }, 1122],
    ['a scope closed twice', { ...welcome, TextBody: 'x{{/a}}' }, 1122],
    ['an unknown layout', { ...welcome, LayoutTemplate: 'nowhere' }, 1101],
    ['a layout without its slot', { Name: 'x', TemplateType: layout, HtmlBody: '<p></p>' }, 1131],
    [
      'a layout with two slots',
      { Name: 'x', TemplateType: layout, HtmlBody: '{{{@content}}}{{{@content}}}' },
      1131,
    ],
    ['a number for a text', { ...welcome, Name: 7 }, 403],
  ];
  for (const [what, template, code] of refused) {
    it(`are refused with code ${code} for ${what}`, async () => {
      const call = client.createTemplate(template as Models.CreateTemplateRequest);
      expect(await refusalOf(call)).to.include({ code, status: 422 });
      expect((await client.getTemplates()).TotalCount).to.equal(0);
    });
  }

  it('are refused when the alias is taken, the type would change, or there are 100 already', async () => {
    await client.createTemplate(welcome);
    expect(await refusalOf(client.createTemplate({ ...welcome, Alias: 'Welcome' }))).to.include({
      code: 1122,
    });
    expect(await refusalOf(client.editTemplate('welcome', { TemplateType: layout }))).to.include({
      code: 1122,
    });
    for (let i = 1; i < 100; i += 1) await client.createTemplate({ ...welcome, Alias: `w${i}` });
    expect(await refusalOf(client.createTemplate({ ...welcome, Alias: 'more' }))).to.include({ code: 1105 });
    expect(await refusalOf(client.getTemplates({ count: 501 }))).to.include({ code: 1100 });
  });

  it('are validated and rendered, with a suggested model where none is given', async () => {
    const valid = await client.validateTemplate({
      Subject: 'Order {{order.number}}',
      HtmlBody: '{{#each lines}}<i>{{title}}</i>{{/each}}{{^lines}}none{{/lines}}',
      TextBody: '{{{note}}}',
      TestRenderModel: { note: 'a < b' },
    });
    expect(valid.AllContentIsValid).to.equal(true);
    expect(valid.SuggestedTemplateModel).to.deep.equal({
      order: { number: 'number_Value' },
      lines: [{ title: 'title_Value' }],
      note: 'note_Value',
    });
    expect(valid.Subject.RenderedContent).to.equal('Order number_Value');
    expect(valid.HtmlBody.RenderedContent).to.equal('<i>title_Value</i>');
    expect(valid.TextBody.RenderedContent).to.equal('a < b');
    const broken = await client.validateTemplate({ Subject: 'ok', HtmlBody: 'one\n{{#a}}' });
    expect(broken.AllContentIsValid).to.equal(false);
    expect(broken.HtmlBody).to.deep.equal({
      ContentIsValid: false,
      ValidationErrors: [
        { Message: "The scope 'a' is opened but never closed.", Line: 2, CharacterPosition: 1 },
      ],
      RenderedContent: null,
    });
    expect(broken.Subject.ContentIsValid).to.equal(true);
  });

  it('say what a layout without its slot lacks', async () => {
    const body = { Name: 'Frame', TemplateType: layout, HtmlBody: '{{{ @content }}}' };
    const { TemplateId } = await client.createTemplate(body);
    const { message } = await refusalOf(client.editTemplate(TemplateId, { HtmlBody: 'Html content' }));
    expect(message).to.contain('The layout content placeholder must be present');
  });

  const unknownServers: [from: number, to: number, message: string][] = [
    [0, 1, 'The source and destination servers were not found.'],
    [77, 1, 'The destination server was not found.'],
    [1, 77, 'The source server was not found.'],
  ];
  for (const [SourceServerID, DestinationServerID, message] of unknownServers) {
    it(`are not pushed: ${message}`, async () => {
      const push = { SourceServerID, DestinationServerID, PerformChanges: false };
      expect(await refusalOf(accountClient(sandbox).pushTemplates(push))).to.include({ code: 601, message });
    });
  }

  it('are pushed from one server to another', async () => {
    const account = accountClient(sandbox);
    const other = await account.createServer({ Name: 'Staging' });
    await client.createTemplate(welcome);
    await client.createTemplate({ ...welcome, Alias: null });
    const push = { SourceServerID: 77, DestinationServerID: other.ID, PerformChanges: false };
    expect(await account.pushTemplates(push)).to.deep.equal({
      TotalCount: 1,
      Templates: [{ Action: 'Create', Alias: 'welcome', Name: 'Welcome', TemplateType: 'Standard' }],
    });
    const there = restClient(sandbox, other.ApiTokens[0]);
    expect((await there.getTemplates()).TotalCount).to.equal(0);
    await account.pushTemplates({ ...push, PerformChanges: true });
    expect(await there.getTemplate('welcome')).to.include({
      Subject: welcome.Subject,
      AssociatedServerId: other.ID,
    });
    await client.editTemplate('welcome', { Subject: 'Newer' });
    const again = await account.pushTemplates({ ...push, PerformChanges: true });
    expect(again.Templates[0]).to.include({ Action: 'Edit' });
    expect((await there.getTemplate('welcome')).Subject).to.equal('Newer');
    await client.deleteTemplate('welcome');
    expect(await refusalOf(account.pushTemplates(push))).to.include({ code: 1124 });
  });
});
