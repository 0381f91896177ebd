import { expect } from 'chai';
import { Models } from 'postmark';
import { createApiTransport } from '../../server/mail/providers/postmark/api-transport.ts';
import { createPostmarkSmtpTransport } from '../../server/mail/providers/postmark/smtp-transport.ts';
import type { Envelope } from '../../server/mail/providers/transport.ts';
import { anEnvelope, onlyOutcome } from '../support/envelope.ts';
import { useOneSandbox } from '../support/sandbox.ts';

const link = 'https://shop.example/reset/1';
const withLink = { html: `<p><a href="${link}">x</a></p>`, text: link };

describe('a server that tracks opens and links', () => {
  const { sandbox, client } = useOneSandbox({ deliveryMs: 1 });
  beforeEach(() =>
    client.editServer({ TrackOpens: false, TrackLinks: Models.LinkTrackingOptions.HtmlAndText }),
  );

  const transports = {
    'postmark-api': () => createApiTransport({ token: sandbox.token, url: sandbox.apiUrl, timeoutMs: 5000 }),
    'postmark-smtp': () =>
      createPostmarkSmtpTransport({
        url: sandbox.smtpUrl.replace('//', `//${sandbox.token}:${sandbox.token}@`),
        ca: sandbox.caCertificate,
      }),
  };
  for (const [name, open] of Object.entries(transports)) {
    it(`gets the links of confidential mail as they are, by ${name}`, async () => {
      const transport = open();
      const received = async (more: Partial<Envelope>) => {
        await onlyOutcome(transport.send([anEnvelope({ ...withLink, ...more })], 60_000));
        await sandbox.idle();
        const content = await sandbox.content('ada@mail.example');
        return `${content?.html} ${content?.text}`;
      };
      try {
        expect(await received({}))
          .to.contain('/sandbox/click/')
          .and.not.contain(link);
        const confidential = await received({ isConfidential: true });
        expect(confidential).to.contain(`href="${link}"`).and.not.contain('/sandbox/click/');
        const message = sandbox.messages.last();
        expect([message?.trackLinks, message?.trackOpens]).to.deep.equal(['None', false]);
      } finally {
        await transport.close();
      }
    });
  }
});
