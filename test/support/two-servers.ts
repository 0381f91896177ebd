import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerClient } from 'postmark';
import type { Mail, MailConfig } from '../../server/mail/index.ts';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { putFile } from './authoring.ts';
import { newsletterData } from './inputs.ts';
import { testConfig } from './mail.ts';

/** Two servers of one account, and a configuration with a brand on each: `shop`, the default one, and `outlet`. */
export interface TwoServers {
  sandbox: Sandbox;
  shop: ServerClient;
  outlet: ServerClient;
  /** The outlet's own templates. */
  folder: string;
  config: MailConfig;
  /** What a person would write of it, as a file. */
  configFile: string;
  close(): Promise<void>;
}

/** Opens them; the folder has the outlet's own receipt. */
export async function openTwoServers(): Promise<TwoServers> {
  const sandbox = await createSandbox({ deliveryMs: 1 });
  const made = await accountClient(sandbox).createServer({ Name: 'Outlet' });
  const tokenOfOutlet = made.ApiTokens[0] ?? '';
  const folder = await mkdtemp(path.join(tmpdir(), 'postlane-brand-'));
  await putOwnReceipt(folder);
  const { postmark: _, ...common } = testConfig();
  const servers = {
    postmark: serverOf(sandbox, sandbox.token),
    outlet: serverOf(sandbox, tokenOfOutlet),
  };
  const outlet = {
    from: 'The Outlet <mail@outlet.example>',
    server: 'outlet',
    values: { name: 'The Outlet', colour: '#123456', address: 'Outlet Street 1' },
    templates: folder,
  };
  const branded = { servers, brands: { shop: {}, outlet }, defaultBrand: 'shop' };
  const { database, from, templates, policy } = common;
  const configFile = path.join(folder, 'postlane.config.json');
  await writeFile(configFile, JSON.stringify({ database, from, templates, policy, ...branded }));
  return {
    sandbox,
    shop: restClient(sandbox),
    outlet: restClient(sandbox, tokenOfOutlet),
    folder,
    config: { ...common, ...branded },
    configFile,
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The outlet's own receipt, which takes other data than the common one. */
export async function putOwnReceipt(folder: string): Promise<void> {
  const data = { firstName: { type: 'string' } };
  const template = { category: 'receipt', data, sample: { firstName: 'Ada' } };
  await putFile(folder, 'receipt/template.json', JSON.stringify(template));
  await putFile(folder, 'receipt/subject.hbs', 'Outlet receipt for {{firstName}}');
  await putFile(folder, 'receipt/html.hbs', '<p>Thank you, {{firstName}}</p>');
}

/** The newest message that a server took on a stream. */
export async function contentAt(client: ServerClient, messageStream = 'outbound') {
  const [message] = (await client.getOutboundMessages({ messageStream })).Messages;
  return client.getOutboundMessageDetails(message?.MessageID ?? '');
}

function serverOf({ apiUrl, smtpUrl, caCertificate }: Sandbox, token: string) {
  const url = new URL(smtpUrl);
  url.username = token;
  url.password = token;
  return { token, apiUrl, smtpUrl: url.href, smtpCa: caCertificate };
}

/** Launches a newsletter of a brand to one recipient; resolves to the campaign's id. */
export async function launchFor(mail: Mail, brand: string, to: string): Promise<string> {
  const { id } = await mail.campaigns.create({
    name: 'May',
    template: 'newsletter',
    data: newsletterData,
    brand,
  });
  await mail.campaigns.addRecipients(id, [{ email: to }]);
  await mail.campaigns.launch(id);
  return id;
}
