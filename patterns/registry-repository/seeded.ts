import type { Ctx } from '../../sandbox/pattern.ts';
import { personOf } from './person.ts';
import { ways } from './ways.ts';

/** A document that every sandbox begins with. */
export interface SeededDocument {
  readonly holder: 'repository' | 'other-repository';
  /** Of the Binary or CarePlan, and the end of its pointer's id. */
  readonly id: string;
  readonly person: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly restricted?: true;
  /** A record of its own, and no text: only where pointers may say so. */
  readonly structured?: true;
}

export const ADA = personOf('9000000009');
const HIDDEN = personOf('9000000025');

const DOCUMENTS: readonly SeededDocument[] = [
  {
    holder: 'repository',
    id: 'crisis-plan',
    person: ADA,
    kind: '736253002',
    title: 'Mental health crisis plan',
    text: 'In a crisis: sit with her, keep the lights low, call her sister first. She does not like to be touched.',
  },
  {
    holder: 'other-repository',
    id: 'contingency-plan',
    person: ADA,
    kind: '325691000000100',
    title: 'Contingency plan',
    text: 'If the carer falls ill: the neighbour at number 4 has a key. Respite care is agreed for up to two weeks.',
  },
  {
    holder: 'repository',
    id: 'end-of-life-plan',
    person: HIDDEN,
    kind: '736373009',
    title: 'End of life care plan',
    text: 'Wishes to be at home.',
    restricted: true,
  },
  {
    holder: 'other-repository',
    id: 'home-care',
    person: HIDDEN,
    kind: '325691000000100',
    title: 'Contingency plan',
    text: 'Carers come at eight and at six. The key safe is to the left of the door.',
  },
];

export const seededIn = (where: Pick<Ctx, 'dialect'>): readonly SeededDocument[] => [
  ...DOCUMENTS,
  ...ways.in(where).further,
];
