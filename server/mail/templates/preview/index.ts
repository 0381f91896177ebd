import type { TemplatesContext } from '../context.ts';
import type { Issue } from '../issue.ts';
import type { Rendered } from '../language/render.ts';
import { type TemplateContent, withBrandValues } from '../language/template.ts';
import { checkTemplate } from './check-template.ts';
import type { Wanted } from './draft-checks.ts';
import { type Preview, type PreviewOptions, preview } from './preview.ts';
import type { RenderPool } from './render-pool.ts';
import { type Replay, type ReplayOptions, replay, replayedAsSent } from './replay.ts';
import { createSampleData, type SampleDataSets } from './sample-data.ts';
import type { CompiledMjml } from './tasks/compile-mjml.ts';
import { sendTest, type TestResult, type TestSend } from './test-send.ts';

/**
 * What can be asked about a template before it is published. Whatever an admin typed runs in a thread of its own,
 * with limits of time, memory and size.
 */
export interface TemplateChecks {
  /** Every issue of a template, errors first; none is thrown. Publishing is for content without errors. */
  check(content: TemplateContent, options?: Wanted): Promise<Issue[]>;
  /** Shows it with some data. Throws `invalid-input` when the sample data or message is not there (any more). */
  preview(content: TemplateContent, options?: PreviewOptions): Promise<Preview>;
  /** Renders it with the data of the messages that were sent last, against what these were. */
  replay(content: TemplateContent, options?: ReplayOptions): Promise<Replay>;
  /** A message of a replay as it was sent, for its picture; null once its content is purged. */
  replayed(messageId: string): Promise<Rendered | null>;
  /** MJML to HTML, Handlebars in it left as it is. `html` is empty when there are issues. */
  compileMjml(source: string, options?: Wanted): Promise<CompiledMjml>;
  /** Sends it to one address, marked as a test; it is no message of the ledger and counts nowhere. */
  sendTest(content: TemplateContent, test: TestSend): Promise<TestResult>;
  sampleData: SampleDataSets;
}

/** See {@link TemplateChecks}. */
export function createTemplateChecks(shared: TemplatesContext): TemplateChecks {
  // A brand's own template is shown as the brand sends it.
  const inBrand = <Args extends unknown[], R>(
    work: (context: TemplatesContext, content: TemplateContent, ...args: Args) => R,
  ) => {
    return (content: TemplateContent, ...args: Args): R => {
      const { policy, values } = shared.brands.ofTemplate(content.key);
      return work({ ...shared, policy }, withBrandValues(content, values), ...args);
    };
  };
  return {
    check: inBrand(checkTemplate),
    preview: inBrand(preview),
    replay: inBrand(replay),
    replayed: messageId => replayedAsSent(shared, messageId),
    compileMjml: (source, options) => compileMjml(shared.renderPool, source, options),
    sendTest: inBrand(sendTest),
    sampleData: createSampleData(shared),
  };
}

/** See {@link TemplateChecks.compileMjml}. */
export async function compileMjml(
  renderPool: RenderPool,
  source: string,
  { signal }: Wanted = {},
): Promise<CompiledMjml> {
  const outcome = await renderPool.run('compileMjml', source, { signal });
  if (outcome.ok) return outcome.value;
  return { html: '', issues: [{ ...outcome.problem, part: 'mjml' }] };
}
