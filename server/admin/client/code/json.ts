import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

/** Colours JSON; whether it parses is said elsewhere. */
export const json: Extension = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false)/)) return 'bool';
    if (stream.match('null')) return 'null';
    stream.next();
    return null;
  },
});
