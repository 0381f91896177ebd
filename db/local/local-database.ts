/** The private servers there are: one for `npm start`, one for `npm test`, one for `npm run bench`. */
export type LocalName = 'start' | 'test' | 'bench';

/** A database to work with, and what it takes to let go of it. */
export interface LocalDatabase {
  /** Where it is, for `connect()`. */
  url: string;
  /** The server in words, such as `MariaDB 10.11.6`. */
  engine: string;
  /** Shuts a private server down and waits for its end; its data stays. A server of somebody else is left alone. */
  stop(): Promise<void>;
}

/** How a private server is started. */
export interface LocalOptions {
  /** `start` and `bench` keep every commit safe; `test` trades that for speed. Each has a folder and server of its own. */
  name: LocalName;
  /** Receives one line for each step. */
  log: (line: string) => void;
  /** Gives up early and leaves no process behind. */
  signal?: AbortSignal | undefined;
  /** The folder that holds `.postlane/`. Default this repository. */
  root?: string;
}
