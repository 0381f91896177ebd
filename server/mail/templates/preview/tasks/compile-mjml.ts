import type { Fault } from '../../lint/fault.ts';

/** HTML made of MJML; empty when there are errors. */
export interface CompiledMjml {
  html: string;
  faults: Fault[];
}

/** What MJML says of one place. */
interface MjmlError {
  line: number;
  message: string;
  tagName: string;
}

/** Compiles MJML. Handlebars in it is text to MJML, so it comes out as it went in; nothing is read from files. */
export async function compileMjml(source: string): Promise<CompiledMjml> {
  const includes = linesOf(source, /<mj-include\b/gi).map(line =>
    fault(
      line,
      'mj-include reads files, and there are none here: use a partial, {{> name}}, in mj-raw or mj-text.',
    ),
  );
  if (includes.length > 0) return { html: '', faults: includes };
  // Half a second to load, so it is loaded when the first MJML comes by.
  const { default: mjml } = await import('mjml');
  try {
    // Without `fonts` a mail that names none would fetch one from elsewhere, and tell there who reads it.
    const options = { ignoreIncludes: true, keepComments: false, fonts: {} };
    const { html, errors } = await mjml(source, options);
    const faults = errors.filter(error => !isAboutHandlebars(error)).map(described);
    return { html: faults.length > 0 ? '' : html, faults };
  } catch (error) {
    return { html: '', faults: [fault(1, `${(error as Error).message.replace(/\.$/, '')}.`)] };
  }
}

// MJML checks colours and widths; a mustache becomes one only when the mail is rendered.
function isAboutHandlebars({ message }: MjmlError): boolean {
  return /has invalid value: .*\{\{.*\}\}/.test(message);
}

function described({ line, message, tagName }: MjmlError): Fault {
  return fault(line, `${tagName}: ${message.trim()}.`);
}

function fault(line: number, message: string): Fault {
  return { part: 'mjml', locale: null, line, column: 1, severity: 'error', rule: 'mjml', message };
}

function linesOf(source: string, pattern: RegExp): number[] {
  return [...source.matchAll(pattern)].map(({ index }) => source.slice(0, index).split('\n').length);
}
