import type { AccountClient, ServerClient } from 'postmark';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/index.ts';
import { createReceiver, type Receiver } from '../sandbox/receiver.ts';
import { openForAllTests, openForEachTest, standIn } from './opened.ts';

/** A sandbox of the running test, and the official clients of its server and of its account. */
export interface SandboxInUse {
  sandbox: Sandbox;
  client: ServerClient;
  account: AccountClient;
}

/** Gives each test of the suite around it a sandbox of its own. */
export function useSandbox(options: SandboxOptions = {}): SandboxInUse {
  return standIns(openForEachTest(() => openSandbox(options), close));
}

/** Gives all tests of the suite one sandbox, which forgets everything before each. */
export function useOneSandbox(options: SandboxOptions = {}): SandboxInUse {
  const used = standIns(openForAllTests(() => openSandbox(options), close));
  beforeEach(() => used.sandbox.reset());
  return used;
}

/** Gives each test a sandbox and an endpoint for webhooks, whose address the options may name. */
export function useSandboxAndReceiver(
  options: (receiver: Receiver) => SandboxOptions,
): SandboxInUse & { receiver: Receiver } {
  const opened = openForEachTest(
    async () => {
      const receiver = await createReceiver();
      return { receiver, ...(await openSandbox(options(receiver))) };
    },
    async ({ sandbox, receiver }) => {
      await sandbox.close();
      await receiver.close();
    },
  );
  return { ...standIns(opened), receiver: standIn(() => opened().receiver) };
}

async function openSandbox(options: SandboxOptions): Promise<SandboxInUse> {
  const sandbox = await createSandbox(options);
  return { sandbox, client: restClient(sandbox), account: accountClient(sandbox) };
}

const close = ({ sandbox }: SandboxInUse): Promise<void> => sandbox.close();

const standIns = (now: () => SandboxInUse): SandboxInUse => ({
  sandbox: standIn(() => now().sandbox),
  client: standIn(() => now().client),
  account: standIn(() => now().account),
});
