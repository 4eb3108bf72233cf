import { findRealNumbers } from '../sandbox/hl7v2/header-checks.ts';
import { parseMessage } from '../sandbox/hl7v2/message.ts';
import { ADT_A01 } from '../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { toFhir } from '../sandbox/hl7v2/to-fhir/to-fhir.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

const bytes = Buffer.from(ADT_A01);

/** What `POST /api/hl7/to-fhir` does with a message: takes it apart, looks for real people's numbers, makes the Bundle. */
const convert = (): number => {
  const message = parseMessage(bytes);
  if (findRealNumbers(message).length > 0) throw new Error('the sample names a number that may be a real one');
  const { bundle } = toFhir(message);
  if (!Array.isArray(bundle.entry)) throw new Error('the conversion made nothing');
  return bundle.entry.length;
};

const CALLS = 500;

/** CPU milliseconds of this process, whichever thread of it they were, for one call of many. */
const cpuOf = (): number => {
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) convert();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS / 1000;
};

/** An ADT A01 becomes a Bundle, once the maps are read; the first one reads them. */
export const conversion = async ({ rounds }: Settings): Promise<Row[]> => {
  const began = performance.now();
  const resources = convert();
  const first = performance.now() - began;
  for (let warm = 0; warm < 3; warm += 1) cpuOf();
  const times = Array.from({ length: rounds }, cpuOf);
  return [
    {
      name: 'conversion of an ADT A01 to FHIR, CPU',
      unit: 'ms',
      value: median(times),
      spread: spread(times),
      budget: { atMost: 1 },
      detail: { resources, 'the first of a process, which reads the maps, ms': first },
    },
  ];
};
