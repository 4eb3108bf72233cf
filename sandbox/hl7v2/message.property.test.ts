import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBatch, writeBatch } from './batch.ts';
import { Hl7Error } from './hl7-error.ts';
import { parseMessage } from './message.ts';

const PUNCTUATION = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];
const RUNS = 500;

/** Delimiters as a message may declare them: MSH-1, and one to five characters of MSH-2. */
const delimiters = fc
  .shuffledSubarray(PUNCTUATION, { minLength: 2, maxLength: 6 })
  .map(([field = '', ...encoding]) => ({ field, encoding: encoding.join('') }));

const name = fc.constantFrom('PID', 'PV1', 'OBX', 'NTE', 'ZU1', 'EVN', 'A0B');
/** Any bytes but line breaks, most of them delimiters of some message. */
const content = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...PUNCTUATION) },
      fc.nat(255).map((n) => String.fromCharCode(n)),
    ),
  )
  .map((characters) => characters.join('').replace(/[\r\n]/g, ''));

const message = fc.tuple(delimiters, content, fc.array(fc.tuple(name, fc.option(content)))).map(([own, head, rest]) => {
  const { field, encoding } = own;
  const lines = [
    `MSH${field}${encoding}${field}${head}`,
    ...rest.map(([id, text]) => (text === null ? id : `${id}${field}${text}`)),
  ];
  return { ...own, binary: `${lines.join('\r')}\r` };
});
const bytesOf = (binary: string) => Buffer.from(binary, 'latin1');

describe('any message, under any delimiters', () => {
  it('is written byte for byte as it was parsed', () => {
    fc.assert(
      fc.property(message, ({ binary }) => {
        expect(parseMessage(bytesOf(binary)).toBytes().toString('latin1')).toBe(binary);
      }),
      { numRuns: RUNS },
    );
  });

  it('is written byte for byte also where every segment was taken apart and built again', () => {
    fc.assert(
      fc.property(message, ({ binary }) => {
        const parsed = parseMessage(bytesOf(binary));
        const counts = new Map<string, number>();
        for (const segment of parsed.names()) {
          const occurrence = (counts.get(segment) ?? 0) + 1;
          counts.set(segment, occurrence);
          const path = `${segment}[${occurrence}]-${segment === 'MSH' ? 3 : 1}`;
          if (parsed.has(path)) parsed.setEncoded(path, parsed.encoded(path));
        }
        expect(parsed.toBytes().toString('latin1')).toBe(binary);
      }),
      { numRuns: RUNS },
    );
  });

  it('reads the same from the text as from the library, which holds a segment as soon as it is changed', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 12 }), ({ binary }, number) => {
        const [parsed, changed] = [parseMessage(bytesOf(binary)), parseMessage(bytesOf(binary))];
        const segment = parsed.names().at(-1) ?? '';
        const first = segment === 'MSH' ? 3 : 1;
        fc.pre(parsed.has(`${segment}-${first}`));
        changed.setEncoded(`${segment}-${first}`, parsed.encoded(`${segment}-${first}`));
        const field = `${segment}-${first + number - 1}`;
        for (const path of [field, `${field}[1]`, `${field}[2]`, `${field}[1].1`, `${field}[1].2`, `${field}[2].2.2`])
          expect([path, changed.encoded(path)]).toEqual([path, parsed.encoded(path)]);
        expect([changed.has(field), changed.count(field)]).toEqual([parsed.has(field), parsed.count(field)]);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives back what was set, and changes nothing else that can be seen', () => {
    const place = fc.tuple(fc.integer({ min: 3, max: 30 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(
        delimiters,
        place,
        fc.string({ unit: 'grapheme' }),
        content,
        ({ field, encoding }, at, text, other) => {
          fc.pre(encoding.length >= 4 && text !== '' && text !== '""');
          const parsed = parseMessage(
            bytesOf(`MSH${field}${encoding}${field}A\rPID${field}${field}${other.replaceAll(field, '')}\r`),
          );
          parsed.set('MSH-18', 'UNICODE UTF-8');
          const path = `PID-${at[0]}[${at[1]}].2`;
          parsed.set(path, text);
          const again = parseMessage(parsed.toBytes());
          expect(again.get(path)).toBe(text.toWellFormed());
          expect(again.encoded('PID-2')).toBe(parsed.encoded('PID-2'));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('stands in a batch file that is written byte for byte as it was parsed', () => {
    const batch = fc.tuple(fc.boolean(), fc.boolean(), fc.array(message, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.boolean(), fc.array(batch, { maxLength: 3 }), (hasFile, batches) => {
        const inner = batches.map(([header, trailer, messages]) => [
          header || trailer ? 'BHS|^~\\&|A\r' : '',
          ...messages.map(({ binary }) => binary),
          trailer ? `BTS|${messages.length}\r` : '',
        ]);
        const binary = [hasFile ? 'FHS!$!B\r' : '', ...inner.flat(), hasFile ? 'FTS!1\r' : ''].join('');
        expect(writeBatch(parseBatch(bytesOf(binary))).toString('latin1')).toBe(binary);
      }),
      { numRuns: 200 },
    );
  });
});

describe('any bytes', () => {
  const torn = fc.tuple(message, fc.nat(), fc.nat(255)).map(([{ binary }, at, byte]) => {
    const bytes = bytesOf(binary);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    torn,
  );

  it('are a message or an Hl7Error', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        for (const parse of [parseMessage, parseBatch]) {
          try {
            const parsed = parse(given);
            if ('names' in parsed) for (const segment of parsed.names()) parsed.text(`${segment}-3[2].1.1`);
          } catch (error) {
            expect(error).toBeInstanceOf(Hl7Error);
          }
        }
      }),
      { numRuns: RUNS * 2 },
    );
  });
});

describe('the time that a message takes', () => {
  /** CPU time, the least of a few, so that what else the machine does counts little. */
  const measure = (text: string): number =>
    Math.min(
      ...Array.from({ length: 3 }, () => {
        const began = process.cpuUsage();
        const message = parseMessage(text);
        for (let each = 1; each <= message.count('OBX'); each += 1) message.set(`OBX[${each}]-2`, 'x');
        message.toBytes();
        const { user, system } = process.cpuUsage(began);
        return (user + system) / 1000;
      }),
    );
  const cases: readonly (readonly [string, (size: number) => string])[] = [
    ['segments', (size) => 'OBX|1|ST|a^b||c\r'.repeat(size)],
    ['repetitions', (size) => `OBX|${'a~'.repeat(size * 5)}`],
    ['subcomponents', (size) => `OBX|${'a&'.repeat(size * 5)}`],
    ['escapes that do not end', (size) => `OBX|${'\\'.repeat(size * 20)}`],
  ];

  it.each(cases)('grows with its size and not with the square of it: %s', (_, make) => {
    const head = 'MSH|^~\\&|A\r';
    measure(head + make(500));
    // Eight times as much may take twenty-four times as long; the square would take sixty-four.
    expect(measure(head + make(4000))).toBeLessThan(24 * measure(head + make(500)) + 30);
  });
});
