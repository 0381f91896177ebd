import type { Login } from '../logins.ts';

/** Finds who a user name belongs to; null: nobody. */
export type FindLogin = (user: string) => Login | null;

/** One AUTH dialogue: yields challenges, is given the answers, and ends with the login or null. All of it plain text. */
export type Exchange = Generator<string, Login | null, string>;

/** Starts a dialogue; `initial` is what came with the AUTH command itself. */
export type Mechanism = (find: FindLogin, initial: string | null) => Exchange;
