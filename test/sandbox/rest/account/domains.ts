import type { Account } from '../../state/provider.ts';
import { type Domain, RETURN_PATH_VALUE, SPF_VALUE } from '../../store/domains.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import { cut, readPage } from '../query.ts';
import type { Call } from '../routes.ts';

const NAME = /^(?=.{1,255}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;

/** `GET /domains` */
export function list({ domains }: Account, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(500, page);
  const all = domains.list();
  return ok({ TotalCount: all.length, Domains: cut(all, page).map(showRow) });
}

/** `GET /domains/{id}` */
export function one(account: Account, call: Call): Answer {
  return onDomain(account, call, domain => ok(showDomain(domain)));
}

/** `POST /domains`: its first key waits to be published. */
export function create({ domains }: Account, { body }: Call): Answer {
  const fields = new Fields(isObject(body) ? body : {});
  const name = fields.text('Name')?.trim().toLowerCase() ?? '';
  const returnPath = fields.text('ReturnPathDomain') ?? '';
  if (fields.wrong.length > 0) return refuse(511, `Invalid field(s): ${fields.wrong.join(', ')}.`);
  if (name === '') return refuse(514, "The 'Name' of a domain is required.");
  if (name.length > 255) return refuse(515, "The 'Name' of a domain is limited to 255 characters.");
  if (!NAME.test(name)) return refuse(516, `The domain name '${name}' is not valid.`);
  if (domains.named(name)) return refuse(512, `The domain '${name}' exists already.`);
  return returnPathFault(name, returnPath) ?? ok(showDomain(domains.add(name, returnPath)));
}

/** `PUT /domains/{id}`: the return path alone can be changed. */
export function edit(account: Account, call: Call): Answer {
  return onDomain(account, call, domain => {
    const fields = new Fields(isObject(call.body) ? call.body : {});
    const returnPath = fields.text('ReturnPathDomain') ?? domain.returnPath;
    if (fields.wrong.length > 0) return refuse(511, `Invalid field(s): ${fields.wrong.join(', ')}.`);
    return setReturnPath(domain, returnPath) ?? ok(showDomain(domain));
  });
}

/** `DELETE /domains/{id}` */
export function remove(account: Account, call: Call): Answer {
  return onDomain(account, call, ({ id, name }) => {
    account.domains.remove(id);
    return ok({ ErrorCode: 0, Message: `Domain ${name} removed.` });
  });
}

/** `PUT /domains/{id}/verifydkim`: looks for the key in the sandbox's DNS; 200 whatever is found. */
export function verifyDkim(account: Account, call: Call): Answer {
  return onDomain(account, call, domain => {
    account.domains.verifyDkim(domain);
    return ok(showDomain(domain));
  });
}

/** `PUT /domains/{id}/verifyreturnpath` */
export function verifyReturnPath(account: Account, call: Call): Answer {
  return onDomain(account, call, domain => {
    account.domains.verifyReturnPath(domain);
    return ok(showDomain(domain));
  });
}

/** `POST /domains/{id}/verifyspf` (deprecated): verified whatever DNS holds, as Postmark's own return path passes SPF. */
export function verifySpf(account: Account, call: Call): Answer {
  return onDomain(account, call, domain => {
    domain.spfVerified = true;
    const { SPFHost, SPFVerified, SPFTextValue } = showDns(domain);
    return ok({ SPFHost, SPFVerified, SPFTextValue });
  });
}

/** `POST /domains/{id}/rotatedkim`: makes the next key; not while one is waiting. */
export function rotateDkim(account: Account, call: Call): Answer {
  return onDomain(account, call, domain =>
    account.domains.rotateDkim(domain) ? ok(showDomain(domain)) : alreadyRenewing(),
  );
}

export function alreadyRenewing(): Answer {
  return refuse(505, 'This DKIM is already being renewed.');
}

/** Changes the return path, which then is to be verified again; the refusal when it does not fit. */
export function setReturnPath(domain: Domain, returnPath: string): Answer | null {
  const fault = returnPathFault(domain.name, returnPath);
  if (!fault && returnPath !== domain.returnPath)
    Object.assign(domain, { returnPath, returnPathVerified: false });
  return fault;
}

/** It must lie below the domain. Whether its CNAME exists (523) is looked at when it is verified. */
export function returnPathFault(name: string, returnPath: string): Answer | null {
  const fits = returnPath === '' || (NAME.test(returnPath) && returnPath.toLowerCase().endsWith(`.${name}`));
  return fits ? null : refuse(522, `The 'ReturnPathDomain' '${returnPath}' must be a subdomain of ${name}.`);
}

/** The DNS side of a domain, which sender signatures show as well. */
export function showDns(domain: Domain): Record<string, unknown> {
  const { dkim, pending, revoked, returnPath } = domain;
  return {
    SPFVerified: domain.spfVerified,
    SPFHost: domain.name,
    SPFTextValue: SPF_VALUE,
    DKIMVerified: dkim !== null,
    WeakDKIM: false,
    DKIMHost: dkim?.host ?? '',
    DKIMTextValue: dkim?.text ?? '',
    DKIMPendingHost: pending?.host ?? '',
    DKIMPendingTextValue: pending?.text ?? '',
    DKIMRevokedHost: revoked?.host ?? '',
    DKIMRevokedTextValue: revoked?.text ?? '',
    SafeToRemoveRevokedKeyFromDNS: revoked !== null,
    DKIMUpdateStatus: pending ? 'Pending' : 'Verified',
    ReturnPathDomain: returnPath,
    ReturnPathDomainVerified: domain.returnPathVerified,
    ReturnPathDomainCNAMEValue: RETURN_PATH_VALUE,
  };
}

function showDomain(domain: Domain): Record<string, unknown> {
  return { ID: domain.id, Name: domain.name, ...showDns(domain) };
}

function showRow(domain: Domain): Record<string, unknown> {
  const { ID, Name, SPFVerified, DKIMVerified, WeakDKIM, ReturnPathDomainVerified } = showDomain(domain);
  return { ID, Name, SPFVerified, DKIMVerified, WeakDKIM, ReturnPathDomainVerified };
}

function onDomain({ domains }: Account, { params }: Call, run: (domain: Domain) => Answer): Answer {
  const domain = domains.get(Number(params[0]));
  return domain ? run(domain) : refuse(510, 'The domain you requested was not found.');
}
