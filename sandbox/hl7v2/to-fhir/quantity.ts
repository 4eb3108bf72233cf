import type { Conversion } from './conversion.ts';
import { type Json, type Made, type Trace, traceOf } from './element.ts';
import { below, type Leaf, leafAt, leafOf, type Part } from './part.ts';
import { decimal, string } from './primitives.ts';
import { codingSystem } from './vocabulary.ts';

/** Unit, system and code of a CWE of units; a unit of no known system is its text only. */
export const units = (conversion: Conversion, part: Part | undefined): { value: Json; traces: Trace[] } => {
  const value: Json = {};
  const traces: Trace[] = [];
  const isWhole = part?.subcomponent !== undefined;
  const places = part === undefined ? [] : [1, 2, 3].map((place) => leafAt(part, place));
  const [code, display, system] = part !== undefined && isWhole ? [leafOf(part)] : places;
  const put = (element: string, leaf: Leaf, text: string): void => {
    if (string(text, '') === undefined) conversion.because(leaf, 'this is no string of FHIR');
    else {
      value[element] = text;
      traces.push(traceOf(element, leaf));
    }
  };
  const unit = display ?? code;
  if (unit !== undefined) put('unit', unit, conversion.text(unit));
  const uri = system === undefined ? undefined : codingSystem(conversion.text(system));
  if (system !== undefined && uri !== undefined && code !== undefined) {
    put('system', system, uri);
    put('code', code, conversion.text(code));
  } else if (system !== undefined) conversion.because(system, 'no URI is known for this system of units');
  return { value, traces };
};

/** A number and the parts of its unit. */
export const quantityOf = (conversion: Conversion, number: Leaf, unit: Part | undefined): Made | undefined => {
  const text = conversion.text(number);
  const value = decimal(text, '');
  if (value === undefined) return conversion.because(number, `${JSON.stringify(text)} is no number`);
  const rest = units(conversion, unit);
  return {
    value: { value, ...rest.value },
    traces: [traceOf('value', number), ...rest.traces],
  };
};

/** CQ: a number, and units whose parts are subcomponents. */
export const quantity = (conversion: Conversion, part: Part): Made | undefined => {
  const number = leafAt(part, 1);
  return number === undefined ? undefined : quantityOf(conversion, number, below(part, 2));
};
