/** Names of the tables under one prefix. */
export interface Tables {
  jobs: string;
  signals: string;
  logs: string;
}

/** The tables of a prefix (a-z, A-Z, 0-9 and `_`, at most 40 characters), ready to stand in a statement. */
export function tablesOf(prefix: string): Tables {
  if (!/^\w{0,40}$/.test(prefix))
    throw new Error('tablePrefix may contain only a-z, A-Z, 0-9 and _ (at most 40).');
  return {
    jobs: `${prefix}jobs`,
    signals: `${prefix}signals`,
    logs: `${prefix}logs`,
  };
}
