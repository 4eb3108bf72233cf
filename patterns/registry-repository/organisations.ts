import type { Ctx } from '../../sandbox/pattern.ts';
import type { Named } from '../../sandbox/pointers/pointer.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import { ways } from './ways.ts';

export interface Organisation {
  readonly name: string;
  readonly identifier: Named;
}

// X99 is nobody's: see seed/practices.ts.
const TRUST: Organisation = {
  name: 'Ashcombe Mental Health Trust',
  identifier: { system: ODS_CODE, value: 'X99101' },
};
const REQUESTER: Organisation = {
  name: 'Ashcombe Urgent Care Centre',
  identifier: { system: ODS_CODE, value: 'X99103' },
};

/** For whom a participant speaks. */
export const organisationOf = (ctx: Pick<Ctx, 'dialect'>, participant: string): Organisation => {
  if (participant === 'repository') return TRUST;
  return participant === 'other-repository' ? ways.in(ctx).council : REQUESTER;
};

export const REPOSITORIES = ['repository', 'other-repository'] as const;
