import type { MailContext } from '../context.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { withCheckedInput } from '../shared/input.ts';
import { findConfirmation } from './confirm.ts';
import type { ConfirmationState, ConsentStatement, Consents } from './consent-api.ts';
import { consentRules } from './consent-input.ts';
import type { ConsentKeeping } from './consent-keeping.ts';
import { preferencesOf } from './preferences.ts';
import { findRecipient } from './recipient.ts';
import { setPreferences } from './set-preferences.ts';
import { recordStatement } from './statements.ts';

const longestHistory = 500;

/** See {@link Consents}. */
export function consentsWith(context: MailContext, keeping: ConsentKeeping): Consents {
  const { now } = context;

  async function record(statement: ConsentStatement, options: ChangeOptions = {}) {
    const { topic, granted, source = 'host', evidence = null, wording = null, locale = null } = statement;
    const address = addressKey(readMailbox(statement.address, 'address').email);
    const request = { topic, address, granted };
    return keeping.once({ scope: 'consent.record', request, options }, async recording => {
      const recorded = await recordStatement(context, recording, {
        ...{ topic, address, granted, source, evidence, wording, locale },
        at: statement.at === undefined ? null : new Date(statement.at),
        by: options.by ?? null,
        confirmed: statement.confirmed ?? false,
      });
      await recording.audit({
        action: 'consent.record',
        subject: `consent:${topic}:${address}`,
        after: { granted, source, recorded },
        at: now(),
      });
      return recorded;
    });
  }

  async function confirm(token: string): Promise<ConfirmationState> {
    const { found, state } = await findConfirmation(context, await keeping.records(), token);
    if (!found || state.state !== 'open') return state;
    const { topic, address, wording, locale, evidence } = found;
    const options = {
      ...{ source: 'person' as const, confirmed: true },
      ...{ wording: wording ?? undefined, locale: locale ?? undefined },
      evidence: `Confirmed by the link in a mail. ${evidence ?? ''}`.trim().slice(0, 500),
    };
    await setPreferences(context, keeping, { address, change: { topics: { [topic]: true } }, options });
    return { ...state, state: 'confirmed' };
  }

  const consents: Consents = {
    record,
    list: async address => (await keeping.records()).consents(addressKey(address)),
    history: async address => (await keeping.records()).history(addressKey(address), longestHistory),
    async preferences(given, { locale = null, also = [] } = {}) {
      const address = addressKey(given);
      const records = await keeping.records();
      const [consents, suppressed, pending, topics] = await Promise.all([
        records.consents(address),
        records.suppressed(address),
        records.pending(address, now()),
        context.topicRegister.all(),
      ]);
      return preferencesOf(context, topics, { consents, suppressed, pending }, { locale, also });
    },
    async setPreferences(given, change, options = {}) {
      const address = addressKey(readMailbox(given, 'address').email);
      return setPreferences(context, keeping, { address, change, options });
    },
    inspectConfirmation: async token =>
      (await findConfirmation(context, await keeping.records(), token)).state,
    confirm,
    recipientOf: async (token, { locale = null } = {}) =>
      findRecipient(context, await keeping.records(), { token, locale }),
  };
  return withCheckedInput(consents, consentRules);
}
