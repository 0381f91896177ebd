import { MailError, type Source } from '../../mail/index.ts';
import type { Flash } from '../flash.ts';
import type { Page } from '../page.ts';
import { dataChoice, templateInForm } from './preview-choice.ts';
import type { EditorForm } from './read-form.ts';
import { recipientProblem } from './test-recipients.ts';

/** Sends the draft as a test to the address of the form; says what became of it. */
export async function sendTest(page: Page, form: EditorForm, source: Source): Promise<Flash> {
  const { mail, by } = page;
  const to = form.testTo;
  const problem = await recipientProblem(page, to);
  if (problem) return failed(problem);
  const content = (await mail.templates.compose(source, templateInForm(form, source)))?.content;
  if (!content) return failed('the template has errors; the editor lists them.');
  try {
    const result = await mail.templates.sendTest(content, { to, by, ...dataChoice(form) });
    switch (result.kind) {
      case 'sent':
        return { tone: 'done', text: `Test sent to ${to}: ${result.subject}` };
      case 'limited':
        return failed(
          `you have sent too many in the last hour. Try again in ${minutes(result.retryAfterMs)}.`,
        );
      case 'unknown':
        return { tone: 'failed', text: `The test may or may not arrive: ${result.reason}` };
      case 'refused':
        return failed(result.reason);
    }
  } catch (error) {
    if (error instanceof MailError) return failed(error.message);
    throw error;
  }
}

function failed(reason: string): Flash {
  return { tone: 'failed', text: `The test was not sent: ${reason}` };
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} minutes`;
}
