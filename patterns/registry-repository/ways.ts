import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import { waysOf } from '../../sandbox/ways.ts';
import type { Organisation } from './organisations.ts';
import type { SeededDocument } from './seeded.ts';

/** At the registry: who registers, or who asks. */
export type Side = 'producer' | 'consumer';

export interface RegistryWays {
  /** Where its pointers are, below its base. */
  pointersAt(side: Side): string;
  /** What is asked of it, and with which headers, where this organisation asks. */
  readonly accept: string;
  headersOf(organisation: Organisation): Readonly<Record<string, string>>;
  /** A search by POST: its body, of what type, for these parameters. */
  search(query: Readonly<Record<string, string>>): { readonly type: string; readonly body: string };
  /** The council that holds records, too. */
  readonly council: Organisation;
  /** Documents that a sandbox has beside those that any has. */
  readonly further: readonly SeededDocument[];
}

export const COUNCIL = "Ashcombe Council Children's Services";
const FORM = 'application/x-www-form-urlencoded';

/** Plain FHIR, where nothing is said beyond the standard, and everybody has a number of the NHS. */
export const ways = waysOf<RegistryWays>({
  pointersAt: () => '/FHIR/R4/DocumentReference',
  accept: 'application/fhir+json',
  headersOf: () => ({}),
  // IHE MHD ITI-67: the status has to be asked for; a pointer that was replaced stays, as superseded.
  search: (query) => ({ type: FORM, body: new URLSearchParams({ ...query, status: 'current' }).toString() }),
  // X99 is nobody's: see seed/practices.ts.
  council: { name: COUNCIL, identifier: { system: ODS_CODE, value: 'X99102' } },
  further: [],
});
