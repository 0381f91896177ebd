import { InvalidArgumentError } from 'commander';
import { CommandError, exitCodes } from './command.ts';

/** Reads an option as a whole number from 1 on. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

/** Reads an option as a moment. */
export function momentGiven(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It must be a date and time, such as 2027-03-01T09:00:00Z.');
  return at;
}

/** The object in a file of JSON; `text` is null for a file that cannot be read. Throws a CommandError. */
export function readJsonObject(file: string, text: string | null): Record<string, unknown> {
  if (text === null) throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  const value = parsed(file, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandError(`${file} holds no JSON object.`, exitCodes.usage);
  return value as Record<string, unknown>;
}

/** The JSON in a text of a file. Throws a CommandError. */
export function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not JSON: ${(error as Error).message}`, exitCodes.usage);
  }
}
