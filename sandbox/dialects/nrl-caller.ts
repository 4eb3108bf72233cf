import type { Call } from '../pattern.ts';
import type { Owns } from '../pointers/ownership.ts';
import { FORBIDDEN, problem } from '../problem.ts';
import { MISSING_ORGANISATION } from './nrl-problems.ts';

export const ODS_HEADER = 'NHSD-End-User-Organisation-ODS';
export const ODS_SYSTEM = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** The specification's own example of an organisation that is not registered. */
const UNREGISTERED = 'XYZ';

/** The organisation for which is called; any well-formed code is taken, none has to be registered first. */
export const organisationOf = ({ headers }: Call): string => {
  const code = headers[ODS_HEADER.toLowerCase()]?.trim() ?? '';
  if (!/^[A-Za-z0-9]{3,10}(?:\.[A-Za-z0-9]{1,10})?$/.test(code))
    throw problem(MISSING_ORGANISATION, `The ${ODS_HEADER} header is missing or invalid`, { at: ODS_HEADER });
  if (code === UNREGISTERED)
    throw problem(FORBIDDEN, `Your organisation '${code}' does not have permission to access this resource`);
  return code;
};

/** A producer's pointers are those whose custodian is the organisation for which it calls. */
export const byOrganisation =
  (ods: string): Owns =>
  async (_tx, { system, value }) =>
    system === ODS_SYSTEM && value === ods;
