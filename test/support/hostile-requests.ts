import { brotliCompressSync, gzipSync } from 'node:zlib';

/** What a caller sends who means no good, or whose program is broken: what it is, its headers, its body. */
export type HostileBody = readonly [what: string, headers: readonly string[], body: string | Buffer];

const json = 'Content-Type: application/json';
const form = 'Content-Type: application/x-www-form-urlencoded';
const blanks = Buffer.alloc(40_000_000, ' ');

/** JSON nested so deep. */
export function deepJson(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** Bodies that are no form and no event. */
export const hostileBodies: readonly HostileBody[] = [
  ['a list 5,000 deep', [json], deepJson(5000)],
  ['an object 5,000 deep', [json], `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ['a depth that never ends', [json], '['.repeat(15_000)],
  ['a form 5,000 deep', [form], `a${'[b]'.repeat(5000)}=1`],
  ['6,000 fields', [form], 'a=1&'.repeat(6000)],
  ['a list of 3,000 fields', [form], Array.from({ length: 3000 }, (_, i) => `a[${i}]=1`).join('&')],
  ['percent signs that stand for nothing', [form], 'email=%zz&password=%ff%fe'],
  [
    'prototypes in JSON',
    [json],
    '{"__proto__":{"person":1},"constructor":{"prototype":1},"email":{"toString":1}}',
  ],
  [
    'prototypes in a form',
    [form],
    '__proto__[x]=1&constructor[prototype][x]=1&email[toString]=1&hasOwnProperty=1',
  ],
  ['halves of surrogates', [json], '{"email":"\\ud800","password":"\\udfff"}'],
  ['NUL in a form', [form], 'email=%00&password=%00&token=%00&_csrf=%00'],
  ['NUL bytes', [json], Buffer.alloc(3)],
  ['a byte order mark', [json], '\ufeff{"a":1}'],
  ['null', [json], 'null'],
  ['a number', [json], '1'],
  ['a number too large', [json], '1e999999'],
  ['30,000 digits', [json], '9'.repeat(30_000)],
  ['a text', [json], '"x"'],
  ['a list', [json], '[]'],
  ['half of an object', [json], '{"a":'],
  ['an unknown charset', ['Content-Type: application/json; charset=klingon'], '{}'],
  ['UTF-16', ['Content-Type: application/json; charset=utf-16'], Buffer.from('{"a":1}', 'utf16le')],
  ['UTF-32 that is none', ['Content-Type: application/json; charset=utf-32'], '{"a":1}'],
  ['a form in another charset', [`${form}; charset=utf-7`], 'a=1'],
  ['gzip', [json, 'Content-Encoding: gzip'], gzipSync('{}')],
  ['a bomb of gzip', [json, 'Content-Encoding: gzip'], gzipSync(blanks)],
  ['a bomb of brotli', [json, 'Content-Encoding: br'], brotliCompressSync(blanks)],
  ['gzip that is none', [json, 'Content-Encoding: gzip'], 'hello'],
  ['an unknown encoding', [json, 'Content-Encoding: rot13'], '{}'],
  ['two encodings', [json, 'Content-Encoding: gzip, gzip'], gzipSync(gzipSync('{}'))],
  ['a form with files', ['Content-Type: multipart/form-data; boundary=x'], '--x\r\n\r\n'],
  ['a list of recipients', ['Content-Type: text/csv'], 'email\na'],
  ['no type', [], 'hello'],
  ['a type that is none', ['Content-Type: ;;;'], 'hello'],
  ['two types', [json, form], 'hello'],
  ['1 MB', [json], JSON.stringify('x'.repeat(1_000_000))],
];

/** Headers that no browser sends. */
export const hostileHeaders: readonly (readonly [what: string, headers: readonly string[]])[] = [
  ['an empty Host', ['Host:']],
  ['a Host with a space', ['Host: a b']],
  ['a Host that opens a bracket', ['Host: [::1']],
  ['a Host with a percent sign', ['Host: %zz']],
  ['a Host with a user', ['Host: user@shop:99999']],
  ['a Host with a path', ['Host: a/b?c#d']],
  ['a Host that is no text', ['Host: \xff\xfe']],
  ['two Hosts', ['Host: a', 'Host: b']],
  ['odd words of a proxy', ['X-Forwarded-Host: [', 'X-Forwarded-Proto: ,,', 'X-Forwarded-Prefix: /../..']],
  ['addresses that are none', ['X-Forwarded-For: unknown, _x, [::1]:99']],
  ['odd cookies', ['Cookie: a=%zz; =; ; postlane-flash=%00; postlane-form=\xff; postlane-session=__proto__']],
  ['1,000 cookies', [`Cookie: ${'a=b; '.repeat(1000)}`]],
  ['an odd Accept', ['Accept: ;;;q=x', 'Accept-Encoding: ;', 'Accept-Language: \xff']],
  ['1,000 types in Accept', [`Accept: ${'a/b;q=0.1,'.repeat(1000)}`]],
  ['a login that is no text', ['Authorization: Basic \xff']],
  ['a login of 9 kB', [`Authorization: Basic ${Buffer.from(`a:${'b'.repeat(9000)}`).toString('base64')}`]],
  ['an odd range', ['Range: bytes=9-1', 'If-None-Match: "', 'If-Modified-Since: x']],
  ['an odd origin', ['Origin: http://[', 'Referer: http://[', 'Sec-Fetch-Site: \xff']],
  ['a probe that nobody signed', [`X-Postlane-Probe: ${'a'.repeat(22)}.${'9'.repeat(13)}.x`]],
  ['500 headers', Array.from({ length: 500 }, (_, i) => `X-${i}: ${i}`)],
  ['a name of 12 kB', [`${'X'.repeat(12_000)}: 1`]],
  ['a name of 20 kB', [`${'X'.repeat(20_000)}: 1`]],
  ['an unknown expectation', ['Expect: x']],
  ['an upgrade', ['Connection: upgrade', 'Upgrade: websocket']],
  ['an unknown transfer', ['Transfer-Encoding: x']],
  ['two lengths of two kinds', ['Transfer-Encoding: chunked', 'Content-Length: 4']],
  ['two lengths', ['Content-Length: 1', 'Content-Length: 2']],
  ['a negative length', ['Content-Length: -1']],
  ['names of a prototype', ['__proto__: 1', 'constructor: 2']],
];

/** Paths that lead nowhere. */
export const hostilePaths: readonly string[] = [
  ...[
    '/%zz',
    '/%00',
    '/%ff',
    '/../../etc/passwd',
    '//',
    '/;%',
    '/\\',
    '/?',
    '*',
    'http://other.example/',
    'http://[',
  ],
  ...['/assets/%zz', '/assets/..%2f..%2fpackage.json', '/assets/__proto__', '/invitation/%zz', '/__proto__'],
  ...['/webhooks/%zz', '/webhooks/__proto__', '/constructor', `/${'a/'.repeat(3000)}`],
];

/** Queries that mean nothing. */
export const hostileQueries: readonly string[] = [
  ...['?return=%zz', '?a=%ff%fe', '?__proto__[x]=1', '?return=//other.example', '?return[]=1&return[]=2'],
  ...['?a[b][c][d]=1&a=2', '?cursor=NaN', '?%00', '?return=%ud800', `?${'a'.repeat(10_000)}`],
];

/** Methods beside GET and POST. */
export const otherMethods: readonly string[] = [
  ...['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'BREW'],
];
