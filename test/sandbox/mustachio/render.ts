import type { Node } from './parse.ts';

/** A model that does not fit its template; a missing key is no such fault. */
export class RenderFault extends Error {}

export interface RenderOptions {
  /** Whether `{{value}}` is made safe for HTML. */
  escape: boolean;
  /** What a layout takes into its slot. */
  content?: readonly Node[];
}

/** Renders parsed Mustachio. Missing values render empty. Throws a RenderFault. */
export function render(nodes: readonly Node[], model: unknown, options: RenderOptions): string {
  return renderNodes(nodes, [model], options);
}

/** From the outermost model to the innermost scope. */
type Scopes = readonly unknown[];

function renderNodes(nodes: readonly Node[], scopes: Scopes, options: RenderOptions): string {
  return nodes.map(node => renderNode(node, scopes, options)).join('');
}

function renderNode(node: Node, scopes: Scopes, options: RenderOptions): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'slot':
      return renderNodes(options.content ?? [], scopes, { escape: options.escape });
    case 'value': {
      const text = asText(find(node.path, scopes));
      return node.raw || !options.escape ? text : escapeHtml(text);
    }
    case 'section':
      return renderSection(node, scopes, options);
  }
}

function renderSection(node: Node & { kind: 'section' }, scopes: Scopes, options: RenderOptions): string {
  const value = find(node.path, scopes);
  if (node.mode === 'unless') return isThere(value) ? '' : renderNodes(node.nodes, scopes, options);
  if (!isThere(value)) return '';
  if (node.mode === 'with') return renderNodes(node.nodes, [...scopes, value], options);
  if (!Array.isArray(value))
    throw new RenderFault(`'${node.path}' is used as a list but is none in the model.`);
  return value.map(item => renderNodes(node.nodes, [...scopes, item], options)).join('');
}

/** Unlike Mustache, a name is looked for in its own scope only; `../` steps out. */
function find(path: string, scopes: Scopes): unknown {
  const steps = path.split('/');
  const name = steps.pop() ?? '';
  const ups = steps.length + (name === '..' ? 1 : 0);
  const scope = scopes[scopes.length - 1 - ups];
  if (name === '.' || name === '..') return scope;
  return name.split('.').reduce<unknown>(member, scope);
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** What counts as absent: nothing, false, zero, an empty text and an empty list. */
function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => ENTITIES[char] ?? char);
}
