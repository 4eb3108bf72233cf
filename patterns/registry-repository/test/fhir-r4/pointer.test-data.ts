/** Of a school, about a pupil: neither has a number of the NHS. */
export const fhirPointer = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { text: 'School report' },
  subject: { identifier: { system: 'https://school.example/pupil', value: 'A-7' } },
  custodian: { identifier: { system: 'https://school.example/id', value: 'School of St. Anne, No 4' } },
  content: [{ attachment: { contentType: 'text/plain', url: 'https://school.example/reports/7' } }],
  ...changes,
});
