import { addressFault } from '../../messages/addresses.ts';
import type { Provider } from '../../state/provider.ts';
import type { InboundRule } from '../../store/inbound.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import { cut, readPage } from '../query.ts';
import type { Call } from '../routes.ts';

/** `GET /triggers/inboundrules` */
export function list(provider: Provider, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(800, page);
  const rules = provider.inbound.rules();
  return ok({ TotalCount: rules.length, InboundRules: cut(rules, page).map(show) });
}

/** `POST /triggers/inboundrules`: blocks an address or a whole domain. */
export function create(provider: Provider, { body }: Call): Answer {
  const fields = new Fields(isObject(body) ? body : {});
  const rule = fields.text('Rule')?.trim() ?? '';
  if (fields.fault) return fields.fault;
  if (rule === '') return refuse(809, 'No data was submitted for the rule.');
  const asAddress = rule.includes('@') ? rule : `anybody@${rule}`;
  if (addressFault('Rule', asAddress) !== null) {
    return refuse(403, "Invalid request field(s): 'Rule'. It must be an address or a domain.");
  }
  const taken = provider.inbound.rules().some(other => other.rule.toLowerCase() === rule.toLowerCase());
  return taken ? refuse(810, `The rule '${rule}' exists already.`) : ok(show(provider.inbound.addRule(rule)));
}

/** `DELETE /triggers/inboundrules/{id}` */
export function remove(provider: Provider, { params }: Call): Answer {
  const found = provider.inbound.rules().find(({ id }) => String(id) === params[0]);
  if (!found) return refuse(812, 'The rule was not found.');
  provider.inbound.removeRule(found.id);
  return ok({ ErrorCode: 0, Message: `Rule ${found.rule} removed.` });
}

function show({ id, rule }: InboundRule): Record<string, unknown> {
  return { ID: id, Rule: rule };
}
