import { MailError } from '../../error.ts';
import { formatMailbox, type Mailbox } from '../../providers/transport.ts';
import type { Brand } from '../../routing/brands.ts';
import { type Issue, issue } from '../issue.ts';
import type { BrandSource } from '../language/source.ts';

// What the demo's shop and a starter folder call themselves: nobody's mail goes out under these names.
const texts = new Set([
  'Alder & Finch',
  'Alder & Finch Ltd, 14 Quayside Row, Bristol BS1 4XX, United Kingdom',
  'Your Brand',
  'Your Company, 1 Your Street, Your Town',
]);
const domains = /(^|\.)(example\.(com|net|org)|alderandfinch\.example)$/i;

/** Values of a brand that are still those of the demo or of the starter folder, each as an error. */
export function brandPlaceholders(brand: BrandSource): Issue[] {
  return Object.entries(brand)
    .filter(([, value]) => isPlaceholder(value))
    .map(([name, value]) =>
      issue('placeholder', `The brand's ${name} is still ${value}: put your own into brand.json.`, {
        about: name,
      }),
    );
}

/** Something in the configuration that is still the demo's or the starter's. */
export interface ConfiguredPlaceholder {
  /** The option that sets it, such as `brands.outlet.values.name`. */
  field: string;
  message: string;
}

/** The senders and values of the configured brands that are still those of the demo or of a starter. */
export function configuredPlaceholders(brands: readonly Brand[]): ConfiguredPlaceholder[] {
  return brands.flatMap(brand => [...senderPlaceholders(brand), ...valuePlaceholders(brand)]);
}

/** In production no mail goes out in the name of the demo's shop, or of a starter's. Throws `configuration`. */
export function refuseConfiguredPlaceholders(brands: readonly Brand[]): void {
  const [first] = configuredPlaceholders(brands);
  if (first) throw new MailError('configuration', first.message, first.field);
}

function senderPlaceholders({ name, policy: { from, categories } }: Brand): ConfiguredPlaceholder[] {
  const field = name === null ? 'from' : `brands.${name}.from`;
  const senders = [from, ...Object.values(categories).flatMap(one => one.from ?? [])]
    .filter(isPlaceholderSender)
    .map(formatMailbox);
  return [...new Set(senders)].map(sender => ({
    field,
    message: `The sender ${sender} is an example: set ${field} to one from your own domain.`,
  }));
}

function valuePlaceholders({ name, values }: Brand): ConfiguredPlaceholder[] {
  return Object.entries(values)
    .filter(([, value]) => isPlaceholder(value))
    .map(([key, value]) => {
      const field = `brands.${name}.values.${key}`;
      return { field, message: `${field} is still ${value}: put your own into the configuration.` };
    });
}

/** Whether a sender is still that of the demo or of a starter configuration. */
function isPlaceholderSender({ email }: Mailbox): boolean {
  return domains.test(email.slice(email.lastIndexOf('@') + 1));
}

function isPlaceholder(value: string): boolean {
  const [, host] = /^(?:https?:\/\/|[^@\s]+@)([^/:\s]+)/.exec(value.trim()) ?? [];
  return texts.has(value.trim()) || (host !== undefined && domains.test(host));
}
