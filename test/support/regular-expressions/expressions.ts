import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

/** A regular expression of our code. */
export interface Expression {
  /** Path in the project, and the line. */
  file: string;
  line: number;
  /** As it is written there: `/\s+/g`, or the whole `new RegExp(...)`. */
  text: string;
  /** Null where it is put together when the program runs. */
  pattern: { source: string; flags: string } | null;
}

const project = new URL('../../../', import.meta.url);

/** Every regular expression in the TypeScript of these folders, found by a parser. */
export function expressionsIn(folders: readonly string[]): Expression[] {
  return folders.flatMap(folder =>
    readdirSync(new URL(`${folder}/`, project), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.m?[jt]s$/.test(name) && !name.endsWith('.d.mts'))
      .sort()
      .flatMap(name => expressionsOf(`${folder}/${name.replaceAll('\\', '/')}`)),
  );
}

function expressionsOf(file: string): Expression[] {
  const source = readFileSync(fileURLToPath(new URL(file, project)), 'utf8');
  const found: Expression[] = [];
  for (const node of nodesOf(parseAst(source, { lang: 'ts' }, file))) {
    const pattern = node.type === 'Literal' ? (node.regex ?? null) : null;
    if (!pattern && !isConstruction(node)) continue;
    found.push({
      file,
      line: source.slice(0, node.start).split('\n').length,
      text: source.slice(node.start, node.end),
      pattern: pattern && { source: pattern.pattern, flags: pattern.flags },
    });
  }
  return found;
}

/** What we look at of a node of the syntax tree. */
interface Node {
  type: string;
  start: number;
  end: number;
  regex?: { pattern: string; flags: string } | null;
  callee?: { name?: string };
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') yield value as Node;
  for (const below of Object.values(value)) yield* nodesOf(below);
}

function isConstruction({ type, callee }: Node): boolean {
  return (type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp';
}
