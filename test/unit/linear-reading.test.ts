import { expect } from 'chai';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { inactiveAddresses } from '../../server/mail/providers/postmark/outcomes.ts';
import { isForbiddenAttachment } from '../../server/mail/sending/limits.ts';
import { readMailbox } from '../../server/mail/shared/address.ts';
import { timestampSchema } from '../../server/mail/shared/joi.ts';
import { styleElements, withStyles } from '../../server/mail/templates/language/style-elements.ts';
import { annotateSource } from '../../server/mail/templates/lint/document.ts';
import { compileMjml } from '../../server/mail/templates/preview/tasks/compile-mjml.ts';
import { fakeMail } from '../../server/testing/index.ts';

/** Each took minutes of the only thread that sends mail, or hours. */
const much = 300_000;

describe('what others write is read in time that grows with its length alone', function () {
  this.timeout(60_000);

  const processorMs = async (work: () => unknown): Promise<number> => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const expectQuick = async (work: () => unknown) => expect(await processorMs(work)).to.be.below(4_000);

  it('the data of a message, with spaces without end', async () => {
    const mail = fakeMail({ templates: demoTemplates, policy: demoPolicy });
    const spaces = `x${' '.repeat(much)}x`;
    await expectQuick(() =>
      mail.send({
        category: 'order',
        to: 'ada@mail.example',
        subject: 'Spaces',
        html: '<p>x</p>',
        text: spaces,
      }),
    );
    const sent = await mail.sent.first();
    expect(sent.text).to.include('x');
  });

  it('the name of a file, an address, a moment and an answer of the provider', async () => {
    const limits = { forbiddenExtensions: ['exe'] } as never;
    await expectQuick(() => isForbiddenAttachment(limits, `a${'. '.repeat(much)}b`));
    expect(isForbiddenAttachment(limits, 'a.exe. .')).to.equal(true);
    expect(isForbiddenAttachment(limits, 'a.exe.txt')).to.equal(false);
    expect(isForbiddenAttachment(limits, 'exe')).to.equal(false);
    await expectQuick(() => expect(() => readMailbox(`${'"\\'.repeat(much)}`, 'to')).to.throw());
    await expectQuick(() => timestampSchema.validate(`2026-01-01T00:00:00.${'0'.repeat(much)}`));
    await expectQuick(() => inactiveAddresses(`Found inactive addresses: ${'. '.repeat(much)}x`));
    expect(
      inactiveAddresses(
        'You tried. Found inactive addresses: a@b.example, C@d.example. Inactive recipients are, so.',
      ),
    ).to.deep.equal(['a@b.example', 'c@d.example']);
    expect(inactiveAddresses('Found inactive addresses: a@b.example.')).to.deep.equal(['a@b.example']);
  });

  it('style elements that are not closed', async () => {
    await expectQuick(() => expect(styleElements('<style>'.repeat(much))).to.deep.equal([]));
    await expectQuick(() => styleElements('<style'.repeat(much)));
    const html = '<p></p><style media="x">a{}</style><b></b><STYLE>b{}</STYLE><style>';
    expect(styleElements(html).map(({ css }) => css)).to.deep.equal(['a{}', 'b{}']);
    expect(withStyles(html, element => `[${element.length}]`)).to.equal('<p></p>[28]<b></b>[18]<style>');
  });

  it('mustaches that are not closed, and includes line by line', async () => {
    await expectQuick(() => annotateSource('{{!-- '.repeat(much / 3), 'html'));
    await expectQuick(() => annotateSource('{{{ '.repeat(much / 3), 'html'));
    await expectQuick(async () => {
      const { issues } = await compileMjml('<mj-include>\n'.repeat(50_000));
      expect(issues.at(-1)).to.include({ line: 50_000 });
    });
  });
});
