/** A piece of a parsed template. */
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string; raw: boolean }
  /** `with` enters a value that is there, `each` goes through a list, `unless` stands for a value that is not. */
  | { kind: 'section'; mode: Mode; path: string; nodes: Node[] }
  /** Where a layout takes the content of a template. */
  | { kind: 'slot' };

type Mode = 'with' | 'each' | 'unless';

/** Something wrong with a template, as the validation endpoint lists it; line and position start at 1. */
export interface SyntaxFault {
  Message: string;
  Line: number;
  CharacterPosition: number;
}

export interface Parsed {
  nodes: Node[];
  faults: SyntaxFault[];
}

const TAG = /\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{\s*([^{}]*?)\s*\}\}/g;
const PATH = /^(?:\.|(?:\.\.\/)*(?:\.\.|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*))$/u;
const SECTION = /^([#^])\s*(each\s+)?(.+)$/s;

interface Open {
  mode: Mode;
  path: string;
  at: number;
  nodes: Node[];
}

/** Parses Mustachio, Postmark's template language. The nodes are usable only when there are no faults. */
export function parse(source: string): Parsed {
  const root: Node[] = [];
  const open: Open[] = [];
  const faults: SyntaxFault[] = [];
  const fail = (at: number, Message: string): void =>
    void faults.push({ Message, ...positionOf(source, at) });
  const put = (node: Node): void => void (open.at(-1)?.nodes ?? root).push(node);
  const putText = (text: string): void => {
    if (text !== '') put({ kind: 'text', text });
  };
  let end = 0;
  for (const match of source.matchAll(TAG)) {
    putText(source.slice(end, match.index));
    end = match.index + match[0].length;
    const inner = match[1] ?? match[2] ?? '';
    // Postmark's own placeholders are filled in later, per recipient.
    if (/^&?\s*pm:/.test(inner)) putText(match[0]);
    else if (/^[#^]/.test(inner)) openSection(inner, match.index);
    else if (inner.startsWith('/')) closeSection(inner.slice(1).trim(), match.index);
    else if (!inner.startsWith('!')) putValue(inner, match[1] !== undefined, match.index);
  }
  putText(source.slice(end));
  for (const { path, at } of open) fail(at, `The scope '${path}' is opened but never closed.`);
  return { nodes: root, faults };

  function openSection(inner: string, at: number): void {
    const [, sign, each, path = ''] = SECTION.exec(inner) ?? [];
    if (!PATH.test(path)) fail(at, `The path '${path}' is not valid.`);
    else open.push({ mode: sign === '^' ? 'unless' : each ? 'each' : 'with', path, at, nodes: [] });
  }

  function closeSection(name: string, at: number): void {
    const last = open.at(-1);
    if (last && (name === last.path || (last.mode === 'each' && name === 'each'))) {
      open.pop();
      put({ kind: 'section', mode: last.mode, path: last.path, nodes: last.nodes });
    } else fail(at, `The scope '${name}' is closed where it is not open.`);
  }

  function putValue(inner: string, triple: boolean, at: number): void {
    const path = inner.replace(/^&\s*/, '');
    if (path === '@content') put({ kind: 'slot' });
    else if (PATH.test(path)) put({ kind: 'value', path, raw: triple || inner.startsWith('&') });
    else fail(at, `The path '${path}' is not valid.`);
  }
}

function positionOf(source: string, at: number): Pick<SyntaxFault, 'Line' | 'CharacterPosition'> {
  const before = source.slice(0, at);
  return { Line: before.split('\n').length, CharacterPosition: at - before.lastIndexOf('\n') };
}
