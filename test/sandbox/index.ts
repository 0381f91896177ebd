/** The local Postmark, which stands alone. */
export type { Adjustments } from './adjust.ts';
export type { Content } from './content/content.ts';
export type { Fault, FaultKind } from './faults/faults.ts';
export type { Incoming } from './inbound/receive.ts';
export type { Reply } from './inbound/reply.ts';
export { createSandbox, type Sandbox, type SandboxClock } from './sandbox.ts';
export type { AccountState, SandboxOptions } from './settings.ts';
export type { SmtpToken } from './smtp/tokens.ts';
export { ATTEMPT_KEY } from './store/attempt-index.ts';
export type { CapturedMessage, MessageFilter } from './store/messages.ts';
export type { Variants } from './variants.ts';
