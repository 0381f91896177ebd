import { type Issue, issue } from '../../issue.ts';

/** HTML made of MJML; empty when there are errors. */
export interface CompiledMjml {
  html: string;
  issues: Issue[];
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
    mjmlIssue(
      line,
      'mj-include reads files, and there are none here: use a partial, {{> name}}, in mj-raw or mj-text.',
    ),
  );
  if (includes.length > 0) return { html: '', issues: includes };
  // Half a second to load, so it is loaded when the first MJML comes by.
  const { default: mjml } = await import('mjml');
  try {
    // Without `fonts` a mail that names none would fetch one from elsewhere, and tell there who reads it.
    const options = { ignoreIncludes: true, keepComments: false, fonts: {} };
    const { html, errors } = await mjml(source, options);
    const issues = errors.filter(error => !isAboutHandlebars(error)).map(described);
    return { html: issues.length > 0 ? '' : html, issues };
  } catch (error) {
    return { html: '', issues: [mjmlIssue(1, `${(error as Error).message.replace(/\.$/, '')}.`)] };
  }
}

// MJML checks colours and widths; a mustache becomes one only when the mail is rendered.
function isAboutHandlebars({ message }: MjmlError): boolean {
  const [, value = ''] = message.split('has invalid value: ');
  return value.includes('{{') && value.lastIndexOf('}}') > value.indexOf('{{');
}

function described({ line, message, tagName }: MjmlError): Issue {
  return mjmlIssue(line, `${tagName}: ${message.trim()}.`);
}

function mjmlIssue(line: number, message: string): Issue {
  return issue('mjml', message, { part: 'mjml', line });
}

function linesOf(source: string, pattern: RegExp): number[] {
  let [line, at] = [1, 0];
  return [...source.matchAll(pattern)].map(({ index }) => {
    for (let end = source.indexOf('\n', at); end !== -1 && end < index; end = source.indexOf('\n', at)) {
      line += 1;
      at = end + 1;
    }
    return line;
  });
}
