import { all, fail, type Judgement, pass, passOn, skip, type TargetCheck } from './check.ts';
import { at, type Evidence, json, list, on } from './evidence.ts';
import { acknowledged } from './hl7-evidence.ts';

/** The resources of a kind that a search found. */
const found = (
  evidence: Evidence,
  step: string,
  type: string,
  judge: (of: readonly unknown[]) => Judgement,
): Judgement =>
  on(evidence, step, (one) => {
    if (one.reply.status !== 200)
      return skip(`not observed: the search ${step} was answered ${one.reply.status}`, step);
    const resources = list(at(json(one), 'entry')).map((entry) => at(entry, 'resource'));
    return judge(resources.filter((resource) => at(resource, 'resourceType') === type));
  });

/** What was refused left nothing behind, and that is another rule's. */
const accepted = (evidence: Evidence, steps: readonly string[], judge: () => Judgement): Judgement => {
  const refused = acknowledged(evidence).find(
    ({ step, reply }) => steps.includes(step) && !/^[AC]A$/.test(reply.encoded('MSA-1')),
  );
  return refused === undefined
    ? judge()
    : skip(`not observed: ${refused.step} was not accepted (${refused.reply.text('MSA-1')})`, refused.step);
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const families = (patient: unknown): readonly string[] =>
  list(at(patient, 'name')).map((name) => text(at(name, 'family')).toUpperCase());

const newest = (evidence: Evidence): Judgement =>
  accepted(evidence, ['hl7-newer'], () =>
    found(evidence, 'fhir-after-older', 'Patient', ([patient]) => {
      if (patient === undefined) return fail('fhir-after-older: nobody was found.', 'hl7-newer', 'fhir-after-older');
      const names = families(patient);
      return names.includes('XXNEWER')
        ? passOn('hl7-newer', 'hl7-older', 'fhir-after-older')
        : fail(
            `The name is ${names.join(', ') || 'missing'}, and XXNEWER was said later.`,
            'hl7-newer',
            'hl7-older',
            'fhir-after-older',
          );
    }),
  );

const linked = (patient: unknown, type: string): boolean =>
  list(at(patient, 'link')).some((link) => at(link, 'type') === type);

const replaced = (evidence: Evidence): Judgement =>
  accepted(evidence, ['hl7-retired', 'hl7-surviving', 'hl7-merge'], () =>
    found(evidence, 'fhir-retired', 'Patient', (retired) =>
      found(evidence, 'fhir-surviving', 'Patient', (surviving) => {
        const steps = ['hl7-merge', 'fhir-retired', 'fhir-surviving'];
        if (surviving.length === 0) return fail('The record of PID-3 is not there any more.', ...steps);
        const says =
          retired.some((one) => linked(one, 'replaced-by')) || surviving.some((one) => linked(one, 'replaces'));
        return says ? passOn(...steps) : fail('Neither record says that the one replaces the other.', ...steps);
      }),
    ),
  );

/** What was sent, where it belongs in FHIR, and whether it is there. */
const WANTED: readonly (readonly [field: string, type: string, there: (resource: unknown) => boolean])[] = [
  [
    'PID-3',
    'Patient',
    (one) => list(at(one, 'identifier')).some((identifier) => text(at(identifier, 'system')).endsWith('nhs-number')),
  ],
  ['PID-5', 'Patient', (one) => families(one).some((name) => name.startsWith('XXTEST'))],
  ['PID-7', 'Patient', (one) => at(one, 'birthDate') === '1970-01-31'],
  ['PID-8', 'Patient', (one) => at(one, 'gender') === 'female'],
  [
    'PID-11',
    'Patient',
    (one) => list(at(one, 'address')).some((address) => text(at(address, 'postalCode')) === 'LS1 4AP'),
  ],
  [
    'PID-13',
    'Patient',
    (one) =>
      list(at(one, 'telecom')).some((telecom) => text(at(telecom, 'value')).replace(/\D/g, '').endsWith('1632960587')),
  ],
  [
    'PID-29 or PID-30',
    'Patient',
    (one) => at(one, 'deceasedDateTime') !== undefined || at(one, 'deceasedBoolean') === true,
  ],
  ['PV1-2', 'Encounter', (one) => at(one, 'class', 'code') === 'IMP'],
  ['PV1-3', 'Encounter', (one) => list(at(one, 'location')).length > 0],
  [
    'PV1-19',
    'Encounter',
    (one) => list(at(one, 'identifier')).some((identifier) => text(at(identifier, 'value')).startsWith('V')),
  ],
  ['PV1-44', 'Encounter', (one) => text(at(one, 'period', 'start')).startsWith('2026-01-02')],
];

const STEPS: Readonly<Record<string, string>> = { Patient: 'fhir-kept', Encounter: 'fhir-visit' };

const projected = (evidence: Evidence): Judgement =>
  accepted(evidence, ['hl7-details'], () =>
    all(
      ['Patient', 'Encounter'].map((type) => {
        const step = STEPS[type] ?? '';
        return found(evidence, step, type, ([resource]) => {
          if (resource === undefined) return fail(`${step}: there is no ${type}.`, 'hl7-details', step);
          const lost = WANTED.filter(([, of, there]) => of === type && !there(resource)).map(([field]) => field);
          return lost.length === 0 ? pass : fail(`${type} lacks ${lost.join(', ')}.`, 'hl7-details', step);
        });
      }),
    ),
  );

/** What is left of messages, where the target lets it be read as FHIR. */
export const hl7KeptChecks: readonly TargetCheck[] = [
  {
    id: 'v2-12-replaced',
    requirements: ['V2-12'],
    title: 'After A40 the one record replaces the other',
    failure: 'A merger of two records left no trace.',
    judge: replaced,
  },
  {
    id: 'v2-13-newest',
    requirements: ['V2-13'],
    title: 'An older event that comes late changes nothing',
    failure: 'An older event overwrote what a newer one said.',
    judge: newest,
  },
  {
    id: 'v2-14-kept',
    requirements: ['V2-14'],
    title: 'What was sent of the patient and the visit is there as FHIR',
    failure: 'Something of what was sent is lost.',
    judge: projected,
  },
];
