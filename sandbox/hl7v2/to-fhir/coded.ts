import type { Conversion } from './conversion.ts';
import { type Json, type Made, movedTo, type Trace, traceOf } from './element.ts';
import type { Rule } from './map-shape.ts';
import { below, type Leaf, leafOf, leavesOf, type Part } from './part.ts';
import { code as readCode, string as readString } from './primitives.ts';
import { codingSystem, tableSystem, translate } from './vocabulary.ts';

const NO_STRING = 'this is no string of FHIR';

type Named = Pick<Rule, 'codes' | 'table'>;

const leafBelow = (part: Part, component: number): Leaf | undefined => {
  const found = below(part, component);
  return found === undefined ? (component === 1 ? leafOf(part) : undefined) : leafOf(found);
};

/** Of a code in OBX-3 before v2.3.1, what it is of the examination: `71020&IMP`, the impression (v2.2 chapter 7.3.3.3). */
const suffixesOf = (part: Part, [first = 1]: readonly number[]): readonly Leaf[] => {
  const found = part.component === undefined ? below(part, first) : undefined;
  return found === undefined ? [] : leavesOf(found).slice(1);
};

/** Code, display, system and version at four components of a CWE, CE, CNE, ID or IS. */
const original = (
  conversion: Conversion,
  part: Part,
  at: readonly number[],
  table: string | undefined,
): Made | undefined => {
  const [code, display, system, version] = at.map((component) => leafBelow(part, component));
  if (code === undefined && display === undefined) return undefined;
  const value: Json = {};
  const traces: Trace[] = [];
  const put = (element: string, leaf: Leaf | undefined, text: unknown, otherwise: string): boolean => {
    if (leaf === undefined) return false;
    if (text === undefined) conversion.because(leaf, otherwise);
    else {
      value[element] = text;
      traces.push(traceOf(element, leaf));
    }
    return text !== undefined;
  };
  const string = (leaf: Leaf | undefined): unknown => leaf && readString(conversion.text(leaf), '');
  const named = system === undefined ? undefined : conversion.text(system);
  const uri = named === undefined ? undefined : codingSystem(named);
  const suffixes = code === undefined ? [] : suffixesOf(part, at);
  const trimmed =
    code === undefined
      ? ''
      : [code, ...suffixes]
          .map((leaf) => conversion.text(leaf))
          .join('&')
          .trim();
  const isCode = readCode(trimmed, '') !== undefined;
  put('system', system, uri, `no URI is known for the coding system ${JSON.stringify(named)}`);
  if (isCode && code !== undefined && uri === undefined && table !== undefined) {
    value.system = tableSystem(table);
    traces.push({ element: 'system', from: code.path });
  }
  put('version', version, string(version), NO_STRING);
  put('code', code, isCode ? trimmed : undefined, 'a code of FHIR has no space at its ends and no two together');
  if (isCode) traces.push(...suffixes.map((leaf) => traceOf('code', leaf)));
  put('display', display, string(display), NO_STRING);
  return traces.length === 0 ? undefined : { value, traces };
};

const translated = (conversion: Conversion, part: Part, codes: string | undefined): Made | undefined => {
  const leaf = leafBelow(part, 1);
  if (codes === undefined || leaf === undefined) return undefined;
  const found = translate(conversion, leaf, codes);
  if (found === undefined) return undefined;
  const traces = Object.keys(found).map((element) => traceOf(element, leaf));
  return { value: { ...found }, traces };
};

const IDENTIFIER = [1, 2, 3, 7];
const ALTERNATES = [
  [4, 5, 6, 8],
  [10, 11, 12, 13],
];

/** One coding: the translation where there is one, else what was sent. */
export const coding = (conversion: Conversion, part: Part, rule: Named): Made | undefined =>
  translated(conversion, part, rule.codes) ?? original(conversion, part, IDENTIFIER, rule.table);

/** The translation first, then everything as it was sent; a text alone is the text. */
export const codeableConcept = (conversion: Conversion, part: Part, rule: Named): Made | undefined => {
  const found = [
    translated(conversion, part, rule.codes),
    original(conversion, part, IDENTIFIER, rule.table),
    ...ALTERNATES.map((at) => original(conversion, part, at, undefined)),
  ].filter((made) => made !== undefined);
  const value: Json = {};
  const traces: Trace[] = [];
  if (found.length > 0) {
    value.coding = found.map((made) => made.value);
    traces.push(...found.flatMap((made, index) => movedTo(`coding[${index}]`, made.traces)));
  }
  const text = leafBelow(part, 9);
  const said = text && readString(conversion.text(text), '');
  if (text !== undefined && said === undefined) conversion.because(text, NO_STRING);
  else if (text !== undefined) {
    value.text = said;
    traces.push(traceOf('text', text));
  }
  return traces.length === 0 ? undefined : { value, traces };
};
