import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Interaction } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { waysOf } from '../../sandbox/ways.ts';
import type { Announced, Told } from './announce.ts';
import type { Question } from './asking.ts';
import { basedOn } from './based-on.ts';
import { carePlan, carePlanChanges, type NewRecord } from './care-plan.ts';
import { applied, type Change } from './merging.ts';
import type { Organisation } from './organisations.ts';
import type { Seen } from './seen.ts';

export interface SharedWays {
  /** A record that both contributors know; and what they write that is new. */
  readonly exampleRecord: string;
  newRecord(wanted: NewRecord): FhirResource;
  /** What a contributor changes when nobody says what: the first and the other each something else. */
  usualChange(isFirst: boolean, by: Organisation): Change;
  /** How a change is asked for of what was seen, and how a record is brought back. */
  change(ctx: Ctx, path: string, seen: Seen, change: Change): Question;
  reinstating(version: string): Readonly<Record<string, string>>;
  /** How one finds what is known about somebody, by NHS number. */
  search(number: string): Question;
  /** What permissions, and subscriptions, tell apart. */
  kindOf(resource: FhirResource | undefined, type: string): string;
  /** Whether who may write a record is asked about it before it is written; else its own handlers do. */
  readonly asksBeforeWrites: boolean;
  /** What an operation does to people, where its handlers ask nothing. */
  readonly asked: Readonly<Record<string, Interaction>>;
  /** Whether identifiers are a record's for good, so that no other may have them. */
  readonly claimsIdentifiers: boolean;
  /** What an event says of a write. */
  told(ctx: Ctx, announced: Announced): Told;
  /** What else is kept of the record that is there from the start. */
  seeded(ctx: Ctx, tx: Tx, id: string, record: FhirResource): Promise<void>;
  /** What a school and a council may do at first. */
  readonly ofSchool: readonly string[];
  readonly ofCouncil: readonly string[];
}

/** Plain FHIR; the event is of our own, and has no person's number. */
export const PLAIN: SharedWays = {
  exampleRecord: 'CarePlan/shared-plan',
  newRecord: carePlan,
  usualChange: carePlanChanges,
  change: (ctx, path, { version, record }, change) => ({
    method: 'PUT',
    path,
    headers: basedOn(ctx, version),
    body: applied(record, change),
  }),
  reinstating: () => ({}),
  // By POST, so that the number stands in no URL.
  search: (number) => ({
    method: 'POST',
    path: '/FHIR/R4/CarePlan/_search',
    body: new URLSearchParams({ patient: `Patient/${number}` }).toString(),
  }),
  kindOf: (_resource, type) => type,
  asksBeforeWrites: true,
  asked: {},
  claimsIdentifiers: true,
  told: (ctx, { type, id, kind, action, organisation }) => ({
    source: `${ctx.baseOf('repository') ?? ''}/FHIR/R4`,
    type: 'example.record-written-1',
    subject: `${type}/${id}`,
    filtering: { kind, action, sourceorganisation: organisation.identifier?.value ?? organisation.title },
  }),
  seeded: async () => undefined,
  ofSchool: ['CarePlan.CRUS', 'Immunization.CRUS', 'Patient.RS', 'Organization.RS', 'Provenance.RS'],
  ofCouncil: [],
};

export const ways = waysOf<SharedWays>(PLAIN);
