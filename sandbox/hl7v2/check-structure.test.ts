import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDialect } from '../dialect-loader.ts';
import { checkStructure, judgeStructure, StructureError } from './check-structure.ts';
import { parseMessage } from './message.ts';
import { writeLocation } from './path.ts';
import { STORED_TYPES } from './store/types.ts';
import { compareWith, readGrammar } from './structure-grammar.ts';
import { structures } from './structures.ts';

const itk = parseDialect(
  readFileSync(new URL('../dialects/hl7v2-itk.yaml', import.meta.url), 'utf8'),
  'hl7v2-itk',
).hl7v2;

const MSH = 'MSH|^~\\&|PAS|RCB|ROUTE|TIE|20260101101418||ADT^A01^ADT_A01|M1|P|2.4|||||GBR|UNICODE|||iTKv1.0';
const SOUND = [MSH, 'EVN||20260101', 'PID|1||9000000009^^^NHS||SMITH^JO|||1', 'PV1|1|I', 'ZU1|x'];
const messageOf = (...lines: readonly string[]) => parseMessage(`${lines.join('\r')}\r`);
const found = (...lines: readonly string[]) =>
  checkStructure(messageOf(...lines), itk).map(
    ({ detail, at, condition }) => `${condition} ${at === undefined ? '' : writeLocation(at)}: ${detail}`,
  );
const changed = (place: string | RegExp, by: string): string[] => SOUND.map((line) => line.replace(place, by));

describe('the structure of a message', () => {
  it('is known of every type that is stored', () => {
    expect(STORED_TYPES.filter((type) => !structures().has(type))).toEqual([]);
  });

  it.each([
    [[...SOUND], []],
    [changed(/^PV1.*/, 'ZU2|x'), ['100 PV1: ADT_A01 has to have PV1']],
    [[...SOUND, 'TXA|1'], ['100 TXA: TXA is no part of ADT_A01']],
    [[...SOUND, 'NK1|1'], ['100 NK1: NK1 cannot stand where it stands in ADT_A01']],
    [changed('PV1|1|I', 'PV1|1'), ['101 PV1-2: PV1-2 is empty']],
    [changed('ADT_A01', 'ADT_A02'), ['102 MSH-9[1].3: The structure of this event is ADT_A01']],
    [changed('ADT^A01^ADT_A01', 'ADT^A31^ADT_A01'), []],
    [changed('ADT^A01^ADT_A01', 'ADT^A99'), []],
    [changed('9000000009', '9000000008'), [expect.stringMatching(/^102 PID-3\[1\]\.1: NHS number .* is not valid/)]],
    [
      changed('||1', '||M').slice(0),
      ['102 PID-8: PID-8 is an NHS code: 0 not known, 1 male, 2 female, 9 not specified'],
    ],
    [changed('|RCB|', '|the ward|'), ['102 MSH-4: MSH-4 is the ODS code of the sending organisation']],
    [changed('iTKv1.0', ''), ['101 MSH-21: MSH-21 names the profile, iTKv1.0']],
  ])('%# is compared with what is there', (lines, expected) => {
    expect(found(...lines)).toEqual(expected);
  });

  it('is read with groups that come again, begin with what may be absent, and lie in one another', () => {
    const order = structures().get('ORU^R01')?.items ?? [];
    const names = (text: string) => compareWith(order, text.split(' '));
    expect(names('MSH PID PV1 ORC OBR NTE OBX NTE OBX OBR OBX PID OBR')).toEqual({ missing: [] });
    expect(names('MSH OBR OBX')).toEqual({ missing: [] });
    expect(names('MSH PID OBX')).toEqual({ missing: ['OBR'] });
    expect(names('MSH')).toEqual({ missing: ['OBR'] });
    for (const wrong of ['MSH [PID', 'MSH pid', 'MSH ]']) expect(() => readGrammar(wrong)).toThrow();
  });

  it('is tolerated where it is not as it should be, unless the message asks for strictness in MSH-21', () => {
    const lines = changed('PV1|1|I', 'PV1|1');
    expect(judgeStructure(messageOf(...lines), itk)).toHaveLength(1);
    const strict = lines.map((line) => line.replace('iTKv1.0', 'iTKv1.0~STRICT'));
    expect(() => judgeStructure(messageOf(...strict), itk)).toThrow(StructureError);
    expect(judgeStructure(messageOf(...SOUND.map((line) => line.replace('iTKv1.0', 'iTKv1.0~STRICT'))), itk)).toEqual(
      [],
    );
  });

  it('leaves no room for enhanced mode in ITK', () => {
    expect(() => judgeStructure(messageOf(...changed('|2.4|||', '|2.4|||AL')), itk)).toThrow('Enhanced mode');
    expect(judgeStructure(messageOf(...changed('|2.4|||', '|2.4|||AL')), undefined)).toEqual([]);
  });
});
