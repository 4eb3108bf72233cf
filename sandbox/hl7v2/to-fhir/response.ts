import type { Conversion } from './conversion.ts';
import { type Made, traceOf } from './element.ts';
import { leafOf, type Part } from './part.ts';
import { type Scope, select } from './scope.ts';
import { translate } from './vocabulary.ts';

/** FHIR R4 datatypes.html#id */
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/** MSA-2, with MSA-1: MessageHeader.response has both or is not there, and its identifier is an id. */
export const response = (conversion: Conversion, part: Part, scope: Scope): Made | undefined => {
  const [coded] = select(conversion, scope, '1');
  const [identifier, said] = [leafOf(part), coded && leafOf(coded)];
  if (identifier === undefined) return undefined;
  const code = said && translate(conversion, said, 'acknowledgement')?.code;
  const text = conversion.text(identifier);
  if (!ID.test(text)) conversion.because(identifier, `${JSON.stringify(text)} is no id of FHIR`);
  if (said === undefined || code === undefined || !ID.test(text)) {
    const why = 'a response of FHIR has an identifier and a code';
    conversion.because(identifier, why);
    return conversion.because(said, why);
  }
  return {
    value: { identifier: text, code },
    traces: [traceOf('identifier', identifier), traceOf('code', said)],
  };
};
