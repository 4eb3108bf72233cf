import { describe, expect, it } from 'vitest';
import { Hl7Error } from './hl7-error.ts';
import { createMessage, parseMessage } from './message.ts';

const ADMIT = [
  'MSH|^~\\&|PAS|RCB|ROUTE|ROUTE|20260101101418||ADT^A01^ADT_A01|1|P|2.4|||||GBR|UNICODE|EN||iTKv1.0',
  'EVN||20260101101400',
  'PID|1||9000000009^^^NHS^NH~X1^^^RCB&local&L||SM\\T\\ITH^ZOË^J||19651213|""|||1 HIGH ST',
  'NK1',
  'OBX|1|FT|a&b||line\\.br\\two \\H\\bold\\N\\ \\XC3A9\\',
  'OBX|2|ST|||second|',
  'ZU1|x^y',
];
const bytes = (lines: readonly string[], end = '\r') => Buffer.from(lines.map((line) => `${line}${end}`).join(''));

const thrownBy = (work: () => unknown): Hl7Error => {
  try {
    work();
  } catch (error) {
    if (error instanceof Hl7Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('a message', () => {
  const message = parseMessage(bytes(ADMIT));

  it.each([
    ['PID-3', '9000000009'],
    ['PID-3[1].4', 'NHS'],
    ['PID-3[2].1', 'X1'],
    ['PID-3[2].4.2', 'local'],
    ['PID-3[3]', undefined],
    ['PID-5.1', 'SM&ITH'],
    ['PID-5.2', 'ZOË'],
    ['PID-8', null],
    ['PID-2', undefined],
    ['PID-99', undefined],
    ['PV1-2', undefined],
    ['NK1-1', undefined],
    ['OBX-3.1.2', 'b'],
    ['OBX[1]-5', 'line\ntwo \\H\\bold\\N\\ é'],
    ['OBX[2]-5', 'second'],
    ['ZU1-1.2', 'y'],
    ['MSH-1', '|'],
    ['MSH-2', '^~\\&'],
    ['MSH-9.2', 'A01'],
  ])('is read at %s', (path, value) => {
    expect(message.get(path)).toBe(value);
  });

  it('gives what is still escaped, a whole field with its repetitions', () => {
    expect(message.encoded('PID-3')).toBe('9000000009^^^NHS^NH~X1^^^RCB&local&L');
    expect(message.encoded('PID-3[2].4')).toBe('RCB&local&L');
    expect(message.encoded('PID-5.1')).toBe('SM\\T\\ITH');
  });

  it('counts segments and repetitions', () => {
    expect(['OBX', 'PV1', 'PID-3', 'PID-5', 'PID-2', 'PID-99'].map((path) => message.count(path))).toEqual([
      2, 0, 2, 1, 0, 0,
    ]);
    expect(message.names()).toEqual(['MSH', 'EVN', 'PID', 'NK1', 'OBX', 'OBX', 'ZU1']);
  });

  it.each([['\r'], ['\n'], ['\r\n'], ['\r\r\n']])('is written in canonical form whatever its lines end with', (end) => {
    expect(parseMessage(bytes(ADMIT, end)).toBytes()).toEqual(bytes(ADMIT));
  });

  it('is changed at a path, and nothing around it', () => {
    const changed = parseMessage(bytes(ADMIT));
    changed.set('PID-3[2].4.2', 'a|b^c~d\\e&f\rg\nh');
    changed.set('PID-7', undefined).set('PID-10', null).set('PID-14[2].3', 'x');
    expect(changed.get('PID-3[2].4.2')).toBe('a|b^c~d\\e&f\rg\nh');
    expect(changed.lines()[2]).toBe(
      'PID|1||9000000009^^^NHS^NH~X1^^^RCB&a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f\\X0D\\g\\.br\\h&L||SM\\T\\ITH^ZO\xc3\x8b^J|||""||""|1 HIGH ST|||~^^x',
    );
    expect(changed.lines().toSpliced(2, 1)).toEqual(message.lines().toSpliced(2, 1));
  });

  it('gets and loses segments', () => {
    const changed = parseMessage(bytes(ADMIT));
    expect(changed.addSegment('OBX', 'OBX[1]')).toBe('OBX[2]');
    changed.set('OBX[2]-5', 'between');
    expect(changed.addSegment('ZU2')).toBe('ZU2[1]');
    changed.removeSegment('NK1');
    expect(changed.names()).toEqual(['MSH', 'EVN', 'PID', 'OBX', 'OBX', 'OBX', 'ZU1', 'ZU2']);
    expect(changed.lines()[4]).toBe('OBX|||||between');
    expect(changed.get('OBX[3]-5')).toBe('second');
    expect(changed.lines().at(-1)).toBe('ZU2');
  });

  it('is built from nothing', () => {
    const made = createMessage().set('MSH-9', 'ACK').set('MSH-9.2', 'A01').set('MSH-18', 'UNICODE UTF-8');
    made.addSegment('MSA');
    made.set('MSA-1', 'AA').set('MSA-3', 'für');
    expect(made.toBytes().toString()).toBe('MSH|^~\\&|||||||ACK^A01|||||||||UNICODE UTF-8\rMSA|AA||für\r');
  });

  it.each([
    ['!$%?#', ['MSH!$%?#!A!B!!!!!ADT$A01!1', 'PID!!!1|^~&$2#3%4!?F?']],
    ['^|~\\&', ['MSH^|~\\&^A^B^^^^^ADT|A01^1', 'PID^^^1|^x']],
    ['|^', ['MSH|^|A~B&C||||||ADT^A01|1', 'PID|||a~b&c\\F\\^d']],
    ['*:', ['MSH*:*A~B&C******ADT:A01*1', 'PID***a~b&c:d|^']],
    ['|~^\\&', ['MSH|~^\\&|A|B|||||ADT~A01|1', 'PID|||a~b^c&d']],
  ])('has the delimiters that its header declares: %s', (_, lines) => {
    const parsed = parseMessage(bytes(lines));
    expect(parsed.get('MSH-9.2')).toBe('A01');
    expect(parsed.toBytes()).toEqual(bytes(lines));
  });

  it('takes a delimiter that is not declared for text', () => {
    const parsed = parseMessage('MSH!$%?#!A!B!!!!!ADT$A01!1\rPID!!!1|^~&$2#3%4!?F?x\r');
    expect(['PID-3', 'PID-3.2.2', 'PID-3[2]', 'PID-4'].map((path) => parsed.get(path))).toEqual([
      '1|^~&',
      '3',
      '4',
      '!x',
    ]);
    expect(() => parseMessage('MSH|^|A\rPID|1').set('PID-1', 'a|b')).toThrow('declares no escape character');
    expect(() => parseMessage('MSH|^|A\rPID|1').set('PID-1[2]', 'a')).toThrow('no character between repetitions');
  });
});

describe('what cannot be taken apart is refused with the place', () => {
  it.each([
    ['', 'A message begins with MSH', undefined],
    ['hello', 'A message begins with MSH', undefined],
    ['FHS|^~\\&|\rMSH|^~\\&|', 'This is a batch', undefined],
    ['MSH', 'MSH-1 is the character after MSH', { segment: 'MSH', field: 1 }],
    ['MSHA^~\\&A', 'MSH-1 is the character after MSH', { segment: 'MSH', field: 1 }],
    ['MSH||', 'MSH-2 declares the delimiters', { segment: 'MSH', field: 2 }],
    ['MSH|^^\\&|', 'each of its characters occurs once', { segment: 'MSH', field: 2 }],
    ['MSH|^~\\&#+|', 'it has 6 characters', { segment: 'MSH', field: 2 }],
    ['MSH|^~\\&|A\rMSH|^~\\&|B', 'Line 2 is another MSH', { segment: 'MSH', occurrence: 2 }],
    ['MSH|^~\\&|A\rand more', 'Line 2 begins with "and "', undefined],
    ['MSH|^~\\&|A\rPIDX|1', 'Line 2 begins with "PIDX"', undefined],
  ])('%j', (text, why, at) => {
    const error = thrownBy(() => parseMessage(text));
    expect(error.message).toContain(why);
    expect(error.at).toEqual(at);
  });

  it('counts the position in bytes from the beginning', () => {
    expect(thrownBy(() => parseMessage('MSH|^~\\&|A\rPID|1\rwrong')).position).toBe(17);
  });

  it.each([
    ['segments', `MSH|^~\\&|\r${'A01|\r'.repeat(10_001)}`],
    ['fields', `MSH|^~\\&|\rPID${'|'.repeat(1001)}`],
    ['components', `MSH|^~\\&|\rOBX|||||${'a^'.repeat(100_001)}`],
    ['bytes', `MSH|^~\\&|\rOBX|||||${'a'.repeat(5 * 1024 * 1024)}`],
  ])('more %s than any real message has', (what, text) => {
    expect(thrownBy(() => parseMessage(text)).message).toContain(what);
  });

  it.each(['', 'pid-3', 'PID-0', 'PID-3[0]', 'PID3', 'PID-3.1.1.1', 'PID'])('a path that is none: %j', (path) => {
    expect(thrownBy(() => createMessage().get(path)).message).toMatch(/is no path|names a segment/);
  });

  it('a change that a message cannot hold', () => {
    const message = createMessage();
    expect(() => message.set('MSH-2', '^')).toThrow('not changed');
    expect(() => message.set('PID-3', 'x')).toThrow('There is no PID[1]');
    expect(() => message.setEncoded('MSH-3', 'a|b')).toThrow('a field holds no fields');
    expect(() => message.setEncoded('MSH-3[1]', 'a~b')).toThrow('a repetition holds no repetitions');
    expect(() => message.setEncoded('MSH-3.1', 'a^b')).toThrow('a component holds no components');
    expect(() => message.setEncoded('MSH-3.1.1', 'a&b')).toThrow('a subcomponent holds no subcomponents');
    expect(() => message.set('MSH-3[5000]', 'x')).toThrow('no field has so high a number');
  });
});

describe('MSH-18 says what the bytes are', () => {
  const read = (charset: string, value: readonly number[]) => {
    const head = Buffer.from(`MSH|^~\\&|||||||ADT^A01|1|P|2.4||||||${charset}\rPID|||||`);
    return parseMessage(Buffer.concat([head, Buffer.from(value)]));
  };
  const E_ACUTE = [0xc3, 0xa9];

  it.each([
    ['', E_ACUTE, 'é'],
    ['', [0xe9], 'é'],
    ['ASCII', [0x41], 'A'],
    ['8859/1', [0xe9, 0xa4], 'é¤'],
    ['8859/15', [0xe9, 0xa4], 'é€'],
    ['UNICODE UTF-8', E_ACUTE, 'é'],
    ['UNICODE', E_ACUTE, 'é'],
    ['UNICODE UTF-8', [0xe9], '\ufffd'],
    ['8859/1~ISO IR87', [0xe9], 'é'],
    ['ISO IR87', [0x41], 'A'],
  ])('%j', (charset, value, text) => {
    const message = read(charset, value);
    expect(message.get('PID-5')).toBe(text);
    expect(message.toBytes().subarray(-1 - value.length)).toEqual(Buffer.from([...value, 0x0d]));
  });

  it('and one that is not known here is kept byte for byte, but only its ASCII can be read', () => {
    const message = read('ISO IR87', [0x8e]);
    expect(thrownBy(() => message.get('PID-5'))).toMatchObject({ condition: 103, at: { segment: 'MSH', field: 18 } });
    expect(message.toBytes().at(-2)).toBe(0x8e);
  });

  it.each([
    ['8859/15', '€', [0xa4]],
    ['8859/1', 'é', [0xe9]],
    ['UNICODE UTF-8', '😀', [0xf0, 0x9f, 0x98, 0x80]],
  ])('and what is written in %s', (charset, text, value) => {
    expect(
      read(charset, [])
        .set('PID-5', text)
        .toBytes()
        .subarray(-1 - value.length, -1),
    ).toEqual(Buffer.from(value));
  });

  it.each([
    ['', 'é'],
    ['8859/1', '€'],
    ['8859/15', '¤'],
  ])('refuses to write in %j what does not exist there', (charset, text) => {
    expect(thrownBy(() => read(charset, []).set('PID-5', text)).message).toContain('cannot be written');
  });
});
