import { Router } from 'express';
import type { FormGate } from '../../server/admin/form-gate.ts';
import { type Permission, permissionAsked } from '../../server/admin/permissions.ts';

/** A route as Express has it. */
export interface StackedRoute {
  method: string;
  /** From the root of what was walked, with its parameters as they were written. */
  path: string;
  /** What its first handler asks for; undefined where it asks for nothing. */
  permission: Permission | undefined;
  /** The gate of its form; undefined where it has none. */
  form: FormGate | undefined;
  /** How often it has been reached, its first handler included or not. */
  reached(): number;
  /** How often somebody got past its first handler. */
  entered(): number;
}

interface Handler {
  handle: (...given: never[]) => unknown;
}

interface Layer {
  handle: { stack?: Layer[] };
  route?: {
    path: string;
    methods: Record<string, boolean>;
    stack: Handler[];
    dispatch(...given: unknown[]): void;
  };
  /** Where it was mounted; Express does not keep that. */
  mount?: string;
}

/** Builds an app whose routers keep the paths at which they are mounted, for {@link routesIn}. */
export function withMountPaths<T>(build: () => T): T {
  const { use } = Router.prototype as { use(...given: unknown[]): unknown };
  Router.prototype.use = function (this: { stack: Layer[] }, ...given: unknown[]) {
    const before = this.stack.length;
    const result = use.apply(this, given);
    for (const layer of this.stack.slice(before)) layer.mount = typeof given[0] === 'string' ? given[0] : '';
    return result;
  } as never;
  try {
    return build();
  } finally {
    Router.prototype.use = use as never;
  }
}

/** Every route of a stack, those of the routers inside it included. */
export function routesIn({ stack }: { stack: unknown[] }, prefix = ''): StackedRoute[] {
  return (stack as Layer[]).flatMap(({ route, handle, mount = '' }) => {
    if (route) return watched(route, prefix);
    const inside = mount === '/' ? prefix : prefix + mount;
    return handle.stack ? routesIn({ stack: handle.stack }, inside) : [];
  });
}

function watched(route: NonNullable<Layer['route']>, prefix: string): StackedRoute[] {
  let [reached, entered] = [0, 0];
  const dispatch = route.dispatch.bind(route);
  route.dispatch = (...given) => {
    reached++;
    dispatch(...given);
  };
  const handles = route.stack.map(({ handle }) => handle);
  const [gate, first] = route.stack;
  if (first) {
    const { handle } = first;
    first.handle = (...given) => {
      entered++;
      return handle(...given);
    };
  }
  return Object.keys(route.methods).map(method => ({
    method,
    path: prefix + (route.path === '/' ? '/' : route.path),
    permission: gate && permissionAsked(gate.handle as never),
    form: handles.find((handle): handle is FormGate => 'schema' in handle),
    reached: () => reached,
    entered: () => entered,
  }));
}

/** The address of a route with these values for its parameters. */
export function addressOf({ path }: StackedRoute, values: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '0');
}
