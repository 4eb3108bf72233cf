import type { Endpoint, Sandbox } from '../data/sandbox-types.ts';
import type { Command } from './commands.ts';

const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
const ENGLAND = 'https://fhir.nhs.uk/England';
const SNOMED = 'http://snomed.info/sct';
/** Codes that are nobody's: of who looks for records, and of an organisation that none of the sandbox's is. */
const [CONSUMER, PRODUCER] = ['X99103', 'X99199'];

const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] });

/**
 * Plain FHIR has no header that says for whom somebody calls: who registers under a custodian first is the one to whom that
 * belongs, so each credential comes with a custodian of its own.
 */
const callerOf = (credential = 'anybody') => ({
  system: 'https://fingerpost.example/id/caller',
  value: credential.replaceAll(/[^A-Za-z0-9]/g, '').slice(-6),
});

/** A pointer of one's own, as NRL wants it; plain FHIR takes it, too. */
const pointer = (patient: string, identifier: { readonly system: string; readonly value: string }) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: coding(SNOMED, '736253002', 'Mental health crisis plan'),
  category: [coding(SNOMED, '734163000', 'Care plan')],
  subject: { identifier: { system: NHS, value: patient } },
  author: [{ identifier }],
  custodian: { identifier },
  content: [
    {
      attachment: { contentType: 'application/pdf', url: 'https://records.example/1.pdf' },
      format: {
        system: `${ENGLAND}/CodeSystem/England-NRLFormatCode`,
        code: 'urn:nhs-ic:unstructured',
        display: 'Unstructured Document',
      },
      extension: [
        {
          url: `${ENGLAND}/StructureDefinition/Extension-England-ContentStability`,
          valueCodeableConcept: coding(`${ENGLAND}/CodeSystem/England-NRLContentStability`, 'static', 'Static'),
        },
      ],
    },
  ],
  context: { practiceSetting: coding(SNOMED, '788002001', 'Adult mental health service') },
});

export interface Shell {
  quote(text: string): string;
  curl(parts: readonly string[]): string;
}

/** Ready to paste: find pointers and register one at a registry, fetch a document and read the audit at a repository. */
export const pointerCommands = (
  { dialect }: Pick<Sandbox, 'dialect'>,
  { participant, credential, url = '' }: Endpoint,
  patient: string,
  headers: () => string[],
  { quote, curl }: Shell,
): Command[] => {
  const nrl = dialect === 'nrl';
  if (participant !== 'registry') {
    const document = participant === 'repository' ? 'Binary/crisis-plan' : 'Binary/contingency-plan';
    return [
      { title: 'Fetch a document', text: curl([...headers(), quote(`${url}/${document}`)]) },
      { title: 'Who has asked for what', text: curl([...headers(), quote(`${url}/AuditEvent?_sort=-date`)]) },
    ];
  }
  const as = (ods: string): string[] => (nrl ? [`-H ${quote(`NHSD-End-User-Organisation-ODS: ${ods}`)}`] : []);
  const json = (type: string) => `-H ${quote(`Content-Type: ${type}`)}`;
  const subject = `${NHS}|${patient}`;
  const search = nrl
    ? [json('application/json'), `-d ${quote(JSON.stringify({ 'subject:identifier': subject }))}`]
    : [`-d ${quote(`subject:identifier=${subject}`)}`, '-d status=current'];
  const isProducer = url.includes('/record-locator/producer/');
  const place = `${url}/DocumentReference`;
  const find = {
    title: isProducer ? 'Find your own pointers' : 'Find pointers',
    text: curl([...headers(), ...as(isProducer ? PRODUCER : CONSUMER), ...search, quote(`${place}/_search`)]),
  };
  const register = {
    title: 'Register a pointer',
    text: curl([
      ...headers(),
      ...as(PRODUCER),
      json('application/fhir+json'),
      `-d ${quote(JSON.stringify(pointer(patient, nrl ? { system: ODS, value: PRODUCER } : callerOf(credential))))}`,
      quote(place),
    ]),
  };
  return nrl && !isProducer ? [find] : [find, register];
};
