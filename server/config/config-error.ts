/** Wrong configuration: every fault in one list, each with how to correct it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Exit code of a process that cannot start for it (EX_CONFIG of sysexits.h). */
  readonly exitCode = 78;
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map(fault => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}
