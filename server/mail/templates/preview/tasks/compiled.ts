import { type Contract, compileContract } from '../../language/contract.ts';
import { type CompiledTemplate, compileTemplate } from '../../language/render.ts';
import type { TemplateContent } from '../../language/template.ts';

/** A template with its contract, ready to render. */
export type CompiledContent = Contract & CompiledTemplate;

const kept = 8;
const recent = new Map<string, CompiledContent>();

/**
 * Compiles content, or takes it from those this thread compiled last: a replay renders the same two versions fifty
 * times, and compiling costs a hundred times what rendering does.
 */
export function compiled(content: TemplateContent): CompiledContent {
  const key = JSON.stringify(content);
  const known = recent.get(key) ?? { ...compileContract(content.contract), ...compileTemplate(content) };
  recent.delete(key);
  recent.set(key, known);
  for (const oldest of recent.keys()) {
    if (recent.size <= kept) break;
    recent.delete(oldest);
  }
  return known;
}
