import type { Ctx } from '../../sandbox/pattern.ts';
import type { Named } from '../../sandbox/pointers/pointer.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';

export interface Organisation {
  readonly name: string;
  readonly identifier: Named;
}

/** Invented numbers of a council's own: not every organisation that holds records has an ODS code. */
export const COUNCIL_SYSTEM = 'https://integration.example/id/council';
/** Invented numbers of pupils: not everybody is known by an NHS number. */
export const PUPIL_SYSTEM = 'https://integration.example/id/pupil';
/** One who is known to the council alone. */
export const PUPIL = 'P-2041';

// X99 is nobody's: see seed/practices.ts.
const TRUST: Organisation = {
  name: 'Ashcombe Mental Health Trust',
  identifier: { system: ODS_CODE, value: 'X99101' },
};
const COUNCIL = "Ashcombe Council Children's Services";
const REQUESTER: Organisation = {
  name: 'Ashcombe Urgent Care Centre',
  identifier: { system: ODS_CODE, value: 'X99103' },
};

const isNrl = (ctx: Pick<Ctx, 'dialect'>): boolean => ctx.dialect.id === 'nrl';

/** For whom a participant speaks. NRL knows organisations by ODS code alone; elsewhere a council goes by its own number. */
export const organisationOf = (ctx: Pick<Ctx, 'dialect'>, participant: string): Organisation => {
  if (participant === 'repository') return TRUST;
  if (participant !== 'other-repository') return REQUESTER;
  const identifier = isNrl(ctx) ? { system: ODS_CODE, value: 'X99102' } : { system: COUNCIL_SYSTEM, value: 'ASHCOMBE' };
  return { name: COUNCIL, identifier };
};

export const REPOSITORIES = ['repository', 'other-repository'] as const;
