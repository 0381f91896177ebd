import type { AddCommands } from './command.ts';
import { addTypesTo } from './templates.ts';

/** `postlane types`: short for `postlane templates types`. */
export const addTypes: AddCommands = (program, context) => {
  addTypesTo(program, context);
};
