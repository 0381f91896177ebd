import { MailError } from '../../../error.ts';
import type { Mailbox } from '../../../providers/transport.ts';
import { firstFault } from '../../../shared/joi.ts';
import { compileContract, contractSchema } from '../../language/contract.ts';
import type { TemplateContent } from '../../language/template.ts';
import type { Fault, FaultPart } from '../../lint/fault.ts';
import { inspectLetters } from './inspect-letters.ts';
import { inspectPaths } from './inspect-paths.ts';
import { largeSources, largestSource } from './large-sources.ts';

/** What to examine, and what the routing policy says about its category. */
export interface Inspection {
  content: TemplateContent;
  /** Bulk mail needs a way to unsubscribe. */
  bulk: boolean;
  from: Mailbox;
}

/** Every fault of a template, each once. What has to be mended before the rest can be looked at comes alone. */
export function inspect(inspection: Inspection): Fault[] {
  const { content } = inspection;
  const first = [...sizeFaults(content), ...contractFaults(content)];
  if (first.length > 0) return first;
  const paths = inspectPaths(content);
  const isSound = paths.every(({ severity }) => severity === 'warning');
  const sample = sampleFaults(content);
  // A source with errors fails to render for their sake, which would be said twice.
  const letters = isSound && sample.length === 0 ? inspectLetters(inspection) : [];
  return once([...paths, ...sample, ...letters]);
}

function sizeFaults(content: TemplateContent): Fault[] {
  return largeSources(content).map(({ part, locale }) => ({
    ...at(part, locale),
    rule: 'size',
    message: `This part is larger than ${largestSource / 1024} KB: mail of that size is cut off or refused. Shorten it.`,
  }));
}

function contractFaults({ contract }: TemplateContent): Fault[] {
  const { error } = contractSchema.validate(contract);
  if (!error) return [];
  const { path, fault } = firstFault(error);
  return [{ ...at('contract'), rule: 'contract', message: `The field ${path} ${fault}.` }];
}

function sampleFaults({ contract, sample }: TemplateContent): Fault[] {
  try {
    compileContract(contract).check(sample);
    return [];
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const message = `The sample does not fit the contract: ${error.message}. Correct one of them.`;
    return [{ ...at('sample'), rule: 'sample', message }];
  }
}

function at(part: FaultPart, locale: string | null = null) {
  return { part, locale, line: 1, column: 1, severity: 'error' } as const;
}

function once(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map(fault => [JSON.stringify(fault), fault])).values()];
}
