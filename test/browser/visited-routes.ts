import type { Express } from 'express';

interface Route {
  path: string;
  methods: Record<string, boolean>;
  dispatch(...given: unknown[]): void;
}

interface Layer {
  route?: Route;
  handle: { stack?: Layer[] };
}

/** Watches the pages of an app; what it returns says which have not been asked for so far, by the ends of their paths. */
export function watchPages(app: Express): () => string[] {
  const pages = routesIn(app.router as unknown as { stack: Layer[] }).filter(({ methods }) => methods.get);
  const visited = new Set<Route>();
  for (const route of pages) {
    const dispatch = route.dispatch.bind(route);
    route.dispatch = (...given) => {
      visited.add(route);
      dispatch(...given);
    };
  }
  return () => pages.filter(route => !visited.has(route)).map(({ path }) => path);
}

function routesIn({ stack }: { stack: Layer[] }): Route[] {
  return stack.flatMap(({ route, handle }) =>
    route ? [route] : handle.stack ? routesIn({ stack: handle.stack }) : [],
  );
}
