import type { Change } from './merging.ts';
import type { Organisation } from './organisations.ts';
import { referenceTo } from './provenance.ts';

export const CONTRIBUTOR_SYSTEM = 'https://integration.example/id/contributor';

export interface NewRecord {
  readonly by: Organisation;
  /** The contributor's own number for it. */
  readonly value: string;
  /** A patient's NHS number; whose is not known is recorded without one. */
  readonly patient?: string;
  readonly vaccine?: string;
  readonly at: number;
}

/** A plan that several organisations keep together. */
export const carePlan = ({ by, value, patient, at }: NewRecord) => ({
  resourceType: 'CarePlan',
  identifier: [{ system: `${CONTRIBUTOR_SYSTEM}:${by.id}`, value }],
  status: 'active',
  intent: 'plan',
  title: 'Urgent care plan',
  subject: patient === undefined ? { display: 'Somebody without an NHS number' } : { reference: `Patient/${patient}` },
  created: new Date(at).toISOString(),
  author: referenceTo(by),
  note: [{ authorString: by.title, text: 'Prefers to be cared for at home' }],
});

/** The first changes its title, and the other adds a note. */
export const carePlanChanges = (isFirst: boolean, by: Organisation): Change =>
  isFirst
    ? { set: { title: 'Urgent care plan, reviewed' }, add: {} }
    : { set: {}, add: { note: { authorString: by.title, text: 'Has an inhaler at school' } } };
