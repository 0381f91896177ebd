import { isObject } from '../rest/fields.ts';
import type { Node } from './parse.ts';

type Model = Record<string, unknown>;

/** A model that would fill a template: `name_Value` for a value, an object for a scope, a list of one for `each`. */
export function suggestModel(templates: readonly (readonly Node[])[]): Model {
  const model: Model = {};
  for (const nodes of templates) collect(nodes, [model]);
  return model;
}

function collect(nodes: readonly Node[], scopes: readonly Model[]): void {
  for (const node of nodes) {
    if (node.kind === 'value') suggestValue(node.path, scopes);
    if (node.kind === 'section') suggestSection(node, scopes);
  }
}

function suggestValue(path: string, scopes: readonly Model[]): void {
  const place = locate(path, scopes);
  if (place && place.holder[place.key] === undefined) place.holder[place.key] = `${place.key}_Value`;
}

function suggestSection(node: Node & { kind: 'section' }, scopes: readonly Model[]): void {
  const place = locate(node.path, scopes);
  if (node.mode === 'unless' || !place) collect(node.nodes, scopes);
  else if (node.mode === 'with') collect(node.nodes, [...scopes, objectAt(place.holder, place.key)]);
  else {
    const inside: Model = {};
    collect(node.nodes, [...scopes, inside]);
    place.holder[place.key] = [isEmpty(inside) ? `${place.key}_Value` : inside];
  }
}

/** The object that should hold a path's last name; null for `.` and for what lies outside the model. */
function locate(path: string, scopes: readonly Model[]): { holder: Model; key: string } | null {
  const steps = path.split('/');
  const names = (steps.pop() ?? '').split('.').filter(name => name !== '');
  const key = names.pop();
  const scope = scopes[scopes.length - 1 - steps.length];
  return key === undefined || !scope ? null : { holder: names.reduce(objectAt, scope), key };
}

/** The object under a key, put there when there is none. */
function objectAt(holder: Model, key: string): Model {
  const found = holder[key];
  if (isObject(found)) return found;
  const made: Model = {};
  holder[key] = made;
  return made;
}

function isEmpty(model: Model): boolean {
  return Object.keys(model).length === 0;
}
