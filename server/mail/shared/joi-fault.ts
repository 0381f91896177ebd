import type Joi from 'joi';

/**
 * The first fault of a failed validation, below `root`: its path (`data.items[2].price`) and joi's sentence without
 * the value it quotes, because input may be personal and errors end in logs.
 */
export function firstFault(error: Joi.ValidationError, root = ''): { path: string; fault: string } {
  const detail = error.details[0];
  return {
    path: (detail?.path ?? []).reduce<string>(joinPath, root),
    fault:
      detail?.message.replace(/^"[^"]*" /, '').replace(/^with value ".*" (?=fails )/s, '') ?? 'is not valid',
  };
}

function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`;
  return path ? `${path}.${part}` : part;
}
