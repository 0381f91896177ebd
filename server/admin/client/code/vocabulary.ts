/** One variable of the data contract. */
export interface Variable {
  /** `order.lines[].price`. */
  path: string;
  type: string;
  required: boolean;
  /** As text; empty where the sample has nothing. */
  sample: string;
}

/** What a template may name: changes while the contract is edited. */
export interface Vocabulary {
  variables: readonly Variable[];
  /** Partials by the flavour of the part they fit into. */
  partials: readonly string[];
  helpers: readonly Helper[];
}

/** A helper and how it is called. */
export interface Helper {
  name: string;
  usage: string;
  says: string;
}

/** What every template sees beside its data. */
export const frameVariables: readonly Variable[] = [
  ['@brand.name', 'The name of the brand'],
  ['@brand.url', 'Its website'],
  ['@locale', 'The locale of the recipient'],
  ['@preheader', 'The preheader, in a layout'],
  ['@preferences', 'The link to what the recipient wants to get: insert it raw, as {{{@preferences}}}'],
  ['@unsubscribe', 'The unsubscribe link: insert it raw, as {{{@unsubscribe}}}'],
  ['@index', 'Inside each: the number of the item, from 0'],
  ['@first', 'Inside each: true for the first item'],
  ['@last', 'Inside each: true for the last item'],
].map(([path = '', sample = '']) => ({ path, type: 'frame', required: true, sample }));

/**
 * The variables as they are called at a place in the text: inside of `{{#each order.lines}}` the fields of a line come
 * first and by their own names, everything else from the root.
 */
export function variablesAt(variables: readonly Variable[], before: string): Variable[] {
  const scope = scopeOf(before);
  if (scope === '') return variables.filter(({ path }) => !path.includes('[]'));
  const inner = variables.flatMap(variable => {
    if (variable.path === scope) return { ...variable, path: 'this' };
    const name = variable.path.startsWith(`${scope}.`) ? variable.path.slice(scope.length + 1) : '';
    return name === '' || name.includes('[]') ? [] : { ...variable, path: `this.${name}` };
  });
  const outer = variables
    .filter(({ path }) => !path.includes('[]'))
    .map(variable => ({ ...variable, path: `@root.${variable.path}` }));
  return [...inner, ...outer];
}

/** The contract's path that `this` refers to after this text; empty at the root. */
export function scopeOf(before: string): string {
  const scopes: { block: string; scope: string }[] = [];
  for (const [, mark, inside = ''] of before.matchAll(/\{\{~?([#/])([^{}]*)\}\}/g)) {
    const [, block = '', argument = ''] = /^\s*([\w-]+)\s*([\w@./]*)/.exec(inside) ?? [];
    if (mark === '/')
      scopes.splice(
        Math.max(
          scopes.findLastIndex(one => one.block === block),
          0,
        ),
      );
    else scopes.push({ block, scope: scopeIn(block, argument, scopes.at(-1)?.scope ?? '') });
  }
  return scopes.at(-1)?.scope ?? '';
}

function scopeIn(block: string, argument: string, outer: string): string {
  if (block !== 'each' && block !== 'with') return outer;
  const fromRoot = argument.startsWith('@root.');
  const path = argument.replace(/^(@root\.|this\.|\.\/)/, '');
  const whole = fromRoot || outer === '' ? path : `${outer}.${path}`;
  return block === 'each' ? `${whole}[]` : whole;
}
