import type { Trigger, TriggerChoice, WebhookFields } from '../../store/webhooks.ts';
import { type Answer, refuse } from '../answer.ts';
import { asHeader, Fields } from '../fields.ts';

const NOT_WANTED: TriggerChoice = { enabled: false, firstOpenOnly: false, includeContent: false };
/** The limit is reported, not documented. */
const MOST_HEADERS = 30;

/** What a new webhook starts from. */
export const NO_WEBHOOK: WebhookFields = {
  url: '',
  auth: null,
  headers: [],
  triggers: {
    Open: NOT_WANTED,
    Click: NOT_WANTED,
    Delivery: NOT_WANTED,
    Bounce: NOT_WANTED,
    SpamComplaint: NOT_WANTED,
    SubscriptionChange: NOT_WANTED,
  },
};

/** The webhook a request asks for, over what is there; or the refusal of it. */
export function readWebhook(fields: Fields, base: WebhookFields): WebhookFields | Answer {
  if (fields.has('Status')) return refuse(1363, "The 'Status' of a webhook cannot be set.");
  const url = fields.text('Url') ?? base.url;
  const auth = fields.object('HttpAuth');
  const headers = fields.list('HttpHeaders', asHeader) ?? base.headers;
  const triggers = readTriggers(fields, base);
  fields.flag('Verify');
  if (fields.fault) return fields.fault;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return refuse(1354, "The 'Url' of a webhook must be a valid URL.");
  }
  const odd = headers.find(({ Name }) => !/^[\w!#$%&'*+.^`|~-]+$/.test(Name));
  if (odd) return refuse(1358, `The header name '${odd.Name}' is not valid.`);
  if (headers.length > MOST_HEADERS || headers.some(({ Value }) => /[\r\n]/.test(Value))) {
    return refuse(1361, "The value of 'HttpHeaders' is not valid.");
  }
  return { url, auth: auth ? readAuth(auth) : base.auth, headers, triggers };
}

function readAuth(auth: Record<string, unknown>): WebhookFields['auth'] {
  const fields = new Fields(auth);
  const username = fields.text('Username') ?? '';
  return username === '' ? null : { username, password: fields.text('Password') ?? '' };
}

/** A trigger that is not named stays, and so does each option of it. */
function readTriggers(fields: Fields, base: WebhookFields): WebhookFields['triggers'] {
  const given = new Fields(fields.object('Triggers') ?? {});
  const read = (trigger: Trigger): TriggerChoice => {
    const before = base.triggers[trigger];
    const choice = new Fields(given.object(trigger) ?? {});
    const chosen = {
      enabled: choice.flag('Enabled') ?? before.enabled,
      firstOpenOnly: choice.flag('PostFirstOpenOnly') ?? before.firstOpenOnly,
      includeContent: choice.flag('IncludeContent') ?? before.includeContent,
    };
    fields.wrong.push(...choice.wrong.map(name => `Triggers.${trigger}.${name}`));
    return chosen;
  };
  const [Open, Click, Delivery, Bounce, SpamComplaint, SubscriptionChange] = [
    read('Open'),
    read('Click'),
    read('Delivery'),
    read('Bounce'),
    read('SpamComplaint'),
    read('SubscriptionChange'),
  ];
  fields.wrong.push(...given.wrong.map(name => `Triggers.${name}`));
  return { Open, Click, Delivery, Bounce, SpamComplaint, SubscriptionChange };
}
