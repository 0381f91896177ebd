import fc from 'fast-check';

const strangeTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'é\u{1f600}',
  'ﬁ\u202etxt',
  "' OR 1=1 -- ",
  '%27%20OR',
  '\\',
  '%',
  '_',
  '"><script>alert(1)</script>',
  '{{7*7}}',
  '{{#each this}}',
  '{{{html}}}',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '-1',
  '0',
  '1e309',
  '99999999999999999999',
  '2026-02-31',
  '0000-00-00T00:00:00Z',
  '275760-09-13T00:00:00.001Z',
  'a\r\nBcc: eve@mail.example',
  'ada@mail.example, eve@mail.example',
  'ada@mail.example\u0000',
  '"a"@mail.example',
  'ada@[127.0.0.1]',
  'ada@xn--',
  'javascript:alert(1)',
  'http://[::1',
  'nl-BE',
  'x-',
  'zz-zz-zz-zz',
];

/** Texts that programs stumble over, short ones and some long ones. */
export const strangeText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...strangeTexts) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(' ', 'a', '<', '{{', '"', '[]', '(', '.', '@', '\n', 'é', '\\', '/', ','),
        fc.nat(3_000),
      )
      .map(([piece, times]) => piece.repeat(times)),
  },
);

/** Whatever JSON can hold. */
export const strangeJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: strangeText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 63, [], {}, [[]], [null], { a: {} }],
    ),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.nat(400).map(depth => nested(depth)) },
);

/** Whatever a program without types may hand in. */
export const strangeValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: strangeJson },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[undefined, Number.NaN, Number.POSITIVE_INFINITY, 12n, Symbol('x'), () => 'x', new Date(Number.NaN)],
      ...[
        new Date(8.64e15),
        new Map([['a', 1]]),
        new Error('x'),
        Object.create(null),
        new Uint8Array(3),
        /x/g,
      ],
      JSON.parse('{"__proto__": {"by": "x"}, "constructor": 1}'),
    ),
  },
);

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

type Path = readonly string[];

/** An example with some of its parts replaced, taken out or added: most of it stays as it is. */
export function mutated<T>(example: T, strange: fc.Arbitrary<unknown> = strangeJson): fc.Arbitrary<T> {
  const paths = pathsIn(example);
  const change = fc.tuple(
    fc.nat(Math.max(paths.length - 1, 0)),
    fc.oneof(
      { weight: 7, arbitrary: fc.record({ put: strange }) },
      { weight: 1, arbitrary: fc.constant({ remove: true }) },
      { weight: 1, arbitrary: fc.record({ name: strangeText, put: strange }) },
    ),
  );
  return fc.array(change, { maxLength: 3 }).map(changes => {
    const copy = { root: structuredClone(example) };
    for (const [at, how] of changes) applyTo(copy, ['root', ...(paths[at] ?? [])], how);
    return copy.root;
  });
}

/** Paths to everything in a value, itself excluded. */
function pathsIn(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([name, one]) => [
    [...above, name],
    ...pathsIn(one, [...above, name]),
  ]);
}

type How = { put?: unknown; remove?: boolean; name?: string };

function applyTo(root: object, path: Path, { put, remove, name }: How): void {
  let here = root as Record<string, unknown>;
  for (const step of path.slice(0, -1)) {
    const next = here[step];
    // An earlier change took it away.
    if (typeof next !== 'object' || next === null) return;
    here = next as Record<string, unknown>;
  }
  // What an earlier change put there may not let itself be changed, such as the bytes of an array.
  try {
    const last = path.at(-1) ?? '';
    if (remove) delete here[last];
    else
      Object.defineProperty(here, name ?? last, {
        value: ownCopy(put),
        ...{ enumerable: true, writable: true, configurable: true },
      });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

// A later change to it must change neither the next input nor, put inside itself, make a circle.
function ownCopy(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}
