import type { ExchangeView } from '../../../sandbox/journal.ts';
import type { Served } from './served.ts';

/** Valid, and neither in the test range nor a published example: as far as anybody here knows, somebody's. */
export const REAL = '4010232137';
export const SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
export const BODY_NOTE = "The body was not kept: it names a number that may be a real person's";

export const patient = (more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value: REAL }],
  name: [{ family: 'Somebody' }],
  ...more,
});

export const journalOf = async (served: Served, id: string): Promise<readonly ExchangeView[]> => {
  await served.host.journal.flush();
  const [row] = await served.host.sql.query<{ serial: number }>('select serial from sandbox where id = $1', [id]);
  return (await served.host.journal.page({ id, serial: row?.serial ?? 0 }, 0, 100)).items;
};
