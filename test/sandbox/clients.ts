import { createTransport, type Transporter } from 'nodemailer';
import { AccountClient, ServerClient } from 'postmark';
import type { Sandbox } from './index.ts';

/** The official client, pointed at a sandbox. Its time limit is in seconds. */
export function restClient(sandbox: Sandbox, token = sandbox.token, timeout = 5): ServerClient {
  return new ServerClient(token, { requestHost: new URL(sandbox.apiUrl).host, useHttps: false, timeout });
}

/** The official client for what needs the account token. */
export function accountClient(sandbox: Sandbox, token = sandbox.accountToken): AccountClient {
  return new AccountClient(token, { requestHost: new URL(sandbox.apiUrl).host, useHttps: false, timeout: 5 });
}

/** A nodemailer transport to a sandbox, with STARTTLS required and its certificate checked. */
export function smtpClient(
  sandbox: Sandbox,
  auth = { user: sandbox.token, pass: sandbox.token },
): Transporter {
  const { hostname, port } = new URL(sandbox.smtpUrl);
  return createTransport({
    host: hostname,
    port: Number(port),
    requireTLS: true,
    tls: { ca: sandbox.caCertificate },
    auth,
  });
}
