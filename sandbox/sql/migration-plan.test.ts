import { describe, expect, it } from 'vitest';
import { changesTo, fingerprintOf, planMigrations } from './migration-plan.ts';

const step = (id: string) => ({ id, statements: [`create table ${id.replace('-', '_')} (id bigint)`] });
const ran = (...ids: string[]) => ids.map((id) => ({ id, fingerprint: fingerprintOf(step(id)) }));

describe('what has still to run', () => {
  it('is what has not run, in the order in which it is written', () => {
    const plan = planMigrations(ran('core-1'), [step('core-1'), step('fhir-1'), step('core-2')]);
    expect(plan.map(({ id }) => id)).toEqual(['fhir-1', 'core-2']);
  });

  it('is refused where a newer version has run: this one would not understand its rows', () => {
    expect(() => planMigrations(ran('core-1', 'core-2'), [step('core-1')])).toThrow(
      'brought up to date by a newer version (core-2 has run there)',
    );
  });

  it('does not mind what belongs to a pattern that is not there', () => {
    expect(planMigrations(ran('core-1', 'mailbox-7'), [step('core-1')])).toEqual([]);
  });

  it('is refused where one was edited, or two have the same id', () => {
    expect(() => planMigrations([{ id: 'core-1', fingerprint: 'other' }], [step('core-1')])).toThrow('was edited');
    expect(() => planMigrations([], [step('core-1'), step('core-1')])).toThrow('the same id');
  });

  it('changes something for those that are there where they know the set, and not where it is all new', () => {
    const plan = [step('core-2'), step('mailbox-1'), step('mailbox-2')];
    expect(changesTo(ran('core-1'), plan).map(({ id }) => id)).toEqual(['core-2']);
  });
});
