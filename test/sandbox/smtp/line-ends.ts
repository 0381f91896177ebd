const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A message with every lone line feed written as CR LF, as Postfix does; the same buffer when there is none. */
export function withWholeLineEnds(message: Buffer): Buffer {
  const lone = countLone(message);
  if (lone === 0) return message;
  const whole = Buffer.allocUnsafe(message.length + lone);
  let written = 0;
  for (let at = 0; at < message.length; at += 1) {
    if (isLone(message, at)) whole[written++] = CARRIAGE_RETURN;
    whole[written++] = message[at] ?? 0;
  }
  return whole;
}

function countLone(message: Buffer): number {
  let lone = 0;
  for (let at = message.indexOf(LINE_FEED); at >= 0; at = message.indexOf(LINE_FEED, at + 1))
    if (isLone(message, at)) lone += 1;
  return lone;
}

function isLone(message: Buffer, at: number): boolean {
  return message[at] === LINE_FEED && message[at - 1] !== CARRIAGE_RETURN;
}
