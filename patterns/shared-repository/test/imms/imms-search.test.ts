import { describe, expect, it } from 'vitest';
import { boxes, codesOf, wordsOf } from '../shared.test-data.ts';
import { posted, vaccination } from './imms.test-data.ts';

const { open } = boxes();

const NUMBER = 'patient.identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000026';
const bundle = ({ body }: { readonly body: unknown }) => body as fhir4.Bundle;

describe('a search for immunisations', () => {
  it('by patient and vaccines finds them, one patient beside them, and what they contain left out', async () => {
    const box = await open('imms');
    await posted(box, vaccination({}, 'FLU', '9990000026'));
    await posted(box, vaccination({ occurrenceDateTime: '2024-01-31T10:00:00+00:00' }, 'HPV', '9990000026'));
    const all = await box.fhir(`Immunization?${NUMBER}&-immunization.target=FLU,HPV`);
    expect(bundle(all)).toMatchObject({ type: 'searchset', total: 2 });
    expect(bundle(all).entry?.map(({ search }) => search?.mode)).toEqual(['match', 'match', 'include']);
    expect(bundle(all).entry?.[0]?.resource).not.toHaveProperty('contained');
    expect(bundle(all).entry?.[0]?.resource).toMatchObject({
      patient: { type: 'Patient', identifier: { value: '9990000026' } },
      identifier: [{ use: 'official' }],
    });
    const old = await box.fhir(
      `Immunization?${NUMBER}&-immunization.target=FLU,HPV&-date.to=2024-01-31&-date.from=2024-01-31`,
    );
    expect(bundle(old).total).toBe(1);
    const none = await box.fhir(`Immunization?${NUMBER}&-immunization.target=MMR`);
    expect(bundle(none)).toMatchObject({ total: 0, entry: [] });
    const form = decodeURIComponent(`${NUMBER}&-immunization.target=FLU`);
    const posting = { method: 'POST', body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const byPost = await box.fhir('Immunization/_search', posting);
    expect(bundle(byPost).total).toBe(1);
    expect(JSON.stringify(bundle(byPost).link)).not.toContain('9990000026');
  });

  it('by identifier finds the one, or its id and version', async () => {
    const box = await open('imms');
    const body = vaccination();
    const { id } = await posted(box, body);
    const [{ system, value }] = body.identifier as [{ system: string; value: string }];
    const identifier = encodeURIComponent(`${system}|${value}`);
    expect(bundle(await box.fhir(`Immunization?identifier=${identifier}`)).entry?.[0]?.resource).toMatchObject({
      id,
      lotNumber: '4120Z001',
    });
    const short = await box.fhir(`Immunization?identifier=${identifier}&_elements=id,meta`);
    expect(bundle(short).entry?.[0]?.resource).toEqual({ resourceType: 'Immunization', id, meta: { versionId: '1' } });
    expect(bundle(await box.fhir('Immunization?identifier=a%7Cb'))).toMatchObject({ total: 0, entry: [] });
  });

  it('shows what the organisation may search, and says that there may be more', async () => {
    const box = await open('imms');
    await posted(box, vaccination({}, 'FLU', '9990000026'));
    await posted(box, vaccination({}, 'MMR', '9990000026'));
    const some = await box.fhir(`Immunization?${NUMBER}&-immunization.target=FLU,MMR`, { as: 'other-contributor' });
    expect(bundle(some).total).toBe(1);
    expect(JSON.stringify(bundle(some).entry?.at(-1))).toContain('not authorised to request');
    const none = await box.fhir(`Immunization?${NUMBER}&-immunization.target=MMR`, { as: 'other-contributor' });
    expect([none.status, codesOf(none)]).toEqual([403, ['FORBIDDEN']]);
  });

  it.each([
    ['nothing at all', '', 'No parameter provided'],
    [
      'a number of another system',
      'patient.identifier=x%7C9000000009&-immunization.target=FLU',
      'must be in the format of',
    ],
    [
      'a wrong check digit',
      'patient.identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9000000000&-immunization.target=FLU',
      'must be a valid NHS number',
    ],
    ['no vaccine', NUMBER, 'must have one or more values'],
    ['an unknown vaccine', `${NUMBER}&-immunization.target=POX`, 'must be one or more of the following: COVID'],
    [
      'a date in another form',
      `${NUMBER}&-immunization.target=FLU&-date.from=1.2.2024`,
      'must be in format: YYYY-MM-DD',
    ],
    [
      'dates the wrong way round',
      `${NUMBER}&-immunization.target=FLU&-date.from=2025-01-01&-date.to=2024-01-01`,
      'must be before -date.to',
    ],
    [
      'another include',
      `${NUMBER}&-immunization.target=FLU&_include=Immunization:location`,
      "may only be 'Immunization:patient'",
    ],
    ['a parameter twice', `${NUMBER}&-immunization.target=FLU&-immunization.target=HPV`, 'may not be duplicated'],
    ['both kinds of search', `${NUMBER}&identifier=a%7Cb`, 'should have either identifier or patient.identifier'],
    ['elements without an identifier', '_elements=id', 'must have the following parameter: identifier'],
    ['other elements', 'identifier=a%7Cb&_elements=status', 'must be one or more of the following: id,meta'],
  ])('is refused with %s', async (_what, query, words) => {
    const refused = await (await open('imms')).fhir(`Immunization${query === '' ? '' : `?${query}`}`);
    expect([refused.status, codesOf(refused)]).toEqual([400, ['INVALID']]);
    expect(wordsOf(refused)).toContain(words);
  });
});
