import { MailError } from '../../error.ts';
import { compileContract } from '../language/contract.ts';
import { checkTemplatePaths } from '../language/paths.ts';
import { compileTemplate } from '../language/render.ts';
import type { TemplateContent } from '../language/template.ts';

/**
 * What no version may lack, whoever reviewed it: it asks for no more than its contract gives, and renders its sample
 * in each language. Throws `invalid-template` or `invalid-data`. On this thread: for templates from files alone.
 */
export function mustHold(content: TemplateContent): void {
  const [fault] = checkTemplatePaths(content);
  if (fault) {
    const { part, line, problem } = fault;
    throw new MailError('invalid-template', `${content.key}: ${part}, line ${line}: ${problem}.`, part);
  }
  const template = compileTemplate(content);
  const data = compileContract(content.contract).check(content.sample);
  for (const locale of Object.keys(content.locales)) {
    template.render(data, { locale: locale === 'default' ? null : locale, unsubscribe: '' });
  }
}
