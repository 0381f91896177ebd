import type { Mailbox } from '../../providers/transport.ts';
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

/** Whether a sender is still that of the demo or of a starter configuration. */
export function isPlaceholderSender({ email }: Mailbox): boolean {
  return domains.test(email.slice(email.lastIndexOf('@') + 1));
}

function isPlaceholder(value: string): boolean {
  const [, host] = /^(?:https?:\/\/|[^@\s]+@)([^/:\s]+)/.exec(value.trim()) ?? [];
  return texts.has(value.trim()) || (host !== undefined && domains.test(host));
}
