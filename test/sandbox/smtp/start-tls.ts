import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { createCertificate } from '../certificate.ts';
import type { Session, Work } from './session.ts';
import { strike } from './strike.ts';

/** A TLS record that says: handshake failure, fatal. */
const HANDSHAKE_FAILURE = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);

/** `STARTTLS`: goes on over TLS. Two faults belong here: a handshake that fails, and a certificate nobody trusts. */
export function startTls(session: Session, rest: string): Work {
  if (session.secure || rest !== '') {
    session.reply(rest === '' ? '554 5.5.1 Error: TLS already active' : '501 5.5.4 Syntax: STARTTLS');
    return undefined;
  }
  const fault = session.provider.faults.take('smtp:starttls');
  if (fault?.kind === 'tls-failure') return failHandshake(session);
  if (fault?.kind === 'tls-untrusted') return upgrade(session, freshContext());
  if (fault) return strike(session, fault, () => upgrade(session, session.secureContext));
  return upgrade(session, session.secureContext);
}

/** The certificate and key as what TLS connections are made from. */
export function secureContext({ key, cert }: { key: string; cert: string }): SecureContext {
  return createSecureContext({ key, cert, minVersion: 'TLSv1.2' });
}

/** What the client sent before the handshake is not carried over: nobody could tell who wrote it. */
function upgrade(session: Session, context: SecureContext): Work {
  session.reply('220 2.0.0 Ready to start TLS');
  const socket = session.release();
  const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
  session.moveTo(secure);
  return undefined;
}

function failHandshake(session: Session): Work {
  session.reply('220 2.0.0 Ready to start TLS');
  const socket = session.release();
  socket.once('data', () => socket.end(HANDSHAKE_FAILURE));
  return undefined;
}

/** Self-signed like the real one, but not the one that clients were told to trust. */
function freshContext(): SecureContext {
  return secureContext(createCertificate());
}
