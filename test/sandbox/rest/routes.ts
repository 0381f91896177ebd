import type { Account, Provider } from '../state/provider.ts';
import type { Answer } from './answer.ts';
import type { TokenKind } from './credentials.ts';
import type { Query } from './query.ts';

/** A call whose token, headers, size and JSON are in order. */
export interface Call {
  params: readonly string[];
  query: Query;
  /** Undefined when no body came. */
  body: unknown;
  /** Made with POSTMARK_API_TEST: checked, never taken. */
  isTest: boolean;
}

export type Handler = (provider: Provider, call: Call) => Answer | Promise<Answer>;

/** One endpoint. */
export interface Route {
  /** As faults name it. */
  name: string;
  token: TokenKind;
  /** Largest body in bytes. */
  limit: number;
  takesTestToken: boolean;
  /** Whether nothing at all is no valid JSON either. */
  needsBody: boolean;
  /** `provider` is the server whose token came, or any server of the account. */
  run: Handler;
}

const MB = 1024 * 1024;

/** An endpoint for the server token. */
export function forServer(
  name: string,
  run: Handler,
  { limit = MB, takesTestToken = false, needsBody = false }: Partial<Route> = {},
): Route {
  return { name, token: 'server', limit, takesTestToken, needsBody, run };
}

/** An endpoint for the account token. */
export function forAccount(name: string, run: (account: Account, call: Call) => Answer): Route {
  return {
    name,
    token: 'account',
    limit: MB,
    takesTestToken: false,
    needsBody: false,
    run: ({ account }, call) => run(account, call),
  };
}
