import { createActions } from '../actions.ts';
import { adjust } from '../adjust.ts';
import { resetProvider } from '../state/create-provider.ts';
import { whenIdle, whenQuiet } from '../state/idle.ts';
import type { Provider } from '../state/provider.ts';
import { readAdjustments } from './adjust-input.ts';
import { showCaptured } from './captured.ts';
import { takeEvent } from './event-input.ts';
import { readFault } from './fault-input.ts';
import { readIncoming } from './incoming-input.ts';
import { readReceiver } from './receiver-input.ts';
import { summarise } from './summary.ts';

/** One call to the control surface. */
export interface Control {
  provider: Provider;
  caCertificate: string;
  query: URLSearchParams;
  /** An empty object when no body came. */
  body: unknown;
}

/** What a control call answers: JSON, or a text that says what was wrong with the request. */
export type Reply = { json: unknown } | { wrong: string };

const done: Reply = { json: { done: true } };

const when = (wrong: string | null): Reply => (wrong === null ? done : { wrong });

/** Every call by which a test in another process, or in another language, looks into a sandbox and moves it. */
export const ROUTES: Readonly<Record<string, (control: Control) => Reply | Promise<Reply>>> = {
  'GET /sandbox/summary': ({ provider }) => ({ json: summarise(provider) }),
  'GET /sandbox/captured': async ({ provider, query }) => ({ json: await showCaptured(provider, query) }),
  'GET /sandbox/copies': ({ provider }) => ({
    json: Object.fromEntries(provider.messages.copiesByAttempt()),
  }),
  'GET /sandbox/recipients': ({ provider }) => ({
    json: Object.fromEntries(provider.messages.copiesByRecipient()),
  }),
  'GET /sandbox/certificate': ({ caCertificate }) => ({ json: { caCertificate } }),
  'GET /sandbox/idle': async ({ provider, query }) => {
    await whenIdle(provider, query.get('withRetries') === 'true');
    return done;
  },
  'POST /sandbox/reset': ({ provider }) => {
    resetProvider(provider);
    return done;
  },

  'GET /sandbox/faults': ({ provider }) => ({ json: provider.faults.list() }),
  'POST /sandbox/faults': ({ provider, body }) => {
    const fault = readFault(body);
    return when(typeof fault === 'string' ? fault : attempt(() => void provider.faults.add(fault)));
  },
  'DELETE /sandbox/faults': ({ provider }) => {
    provider.faults.clear();
    return done;
  },

  'GET /sandbox/clock': ({ provider }) => ({ json: showClock(provider) }),
  'POST /sandbox/clock': async ({ provider, body }) => {
    const { advanceMs } = Object(body) as Record<string, unknown>;
    if (typeof advanceMs !== 'number' || !(advanceMs >= 0)) return { wrong: 'advanceMs must be 0 or more.' };
    await provider.clock.advance(advanceMs, () => whenQuiet(provider));
    return { json: showClock(provider) };
  },

  'POST /sandbox/webhook': ({ provider, body }) => {
    const receiver = readReceiver(body);
    if (typeof receiver === 'string') return { wrong: receiver };
    provider.webhooks.setReceiver(receiver.url, receiver.credentials);
    return done;
  },
  'POST /sandbox/inbound-webhook': ({ provider, body }) => {
    const receiver = readReceiver(body);
    if (typeof receiver === 'string') return { wrong: receiver };
    provider.server.InboundHookUrl = receiver.url ?? '';
    return done;
  },
  'POST /sandbox/settings': ({ provider, body }) => {
    const changes = readAdjustments(body);
    if (typeof changes === 'string') return { wrong: changes };
    adjust(provider, changes);
    return done;
  },
  'POST /sandbox/smtp-tokens': ({ provider, body }) => {
    const { stream } = Object(body) as Record<string, unknown>;
    try {
      return { json: provider.smtpTokens.create(String(stream)) };
    } catch (error) {
      return { wrong: messageOf(error) };
    }
  },

  'POST /sandbox/events': async ({ provider, body }) => when(await takeEvent(createActions(provider), body)),
  'POST /sandbox/inbound': async ({ provider, body }) => {
    const incoming = readIncoming(body);
    if (typeof incoming === 'string') return { wrong: incoming };
    try {
      return { json: { MessageID: await createActions(provider).receive(incoming) } };
    } catch (error) {
      return { wrong: messageOf(error) };
    }
  },
};

function showClock({ clock }: Provider): { now: string } {
  return { now: new Date(clock.now()).toISOString() };
}

function attempt(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
