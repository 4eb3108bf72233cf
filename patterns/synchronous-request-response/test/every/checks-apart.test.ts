import { expect, it } from 'vitest';
import { checks as ofAll } from '../../checks.ts';
import { checks as inFhir } from '../../checks-fhir.ts';
import { checks as ofInitiators } from '../../checks-initiator.ts';
import { checks as inPds } from '../../checks-pds.ts';

it('hold nothing against plain FHIR that only PDS asks for', () => {
  const strict = [...ofAll, ...inFhir, ...ofInitiators, ...inPds].filter(({ title, failure }) =>
    /412 PRECONDITION|409|\{patches/.test(title + failure),
  );
  expect(strict.length).toBeGreaterThan(0);
  expect(strict.every((check) => check.dialects?.join() === 'pds')).toBe(true);
});
