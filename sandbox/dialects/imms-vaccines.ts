import { member } from '../act-values.ts';

const SNOMED = 'http://snomed.info/sct';

/** Vaccine type → the diseases (SNOMED CT) that a record of it is against, all of them and no other. */
const DISEASES: Readonly<Record<string, readonly string[]>> = {
  COVID: ['840539006'],
  FLU: ['6142004'],
  HPV: ['240532009'],
  MMR: ['14189004', '36653000', '36989005'],
  MMRV: ['14189004', '36653000', '36989005', '38907003'],
  RSV: ['55735004'],
  PERTUSSIS: ['27836007'],
  SHINGLES: ['4740000'],
  PNEUMOCOCCAL: ['16814004'],
  '3IN1': ['397430003', '398102009', '76902006'],
  MENACWY: ['23511006'],
};

const TYPE_OF = new Map(Object.entries(DISEASES).map(([type, codes]) => [codes.toSorted().join(':'), type]));

export const VACCINE_TYPES: readonly string[] = Object.keys(DISEASES);

const listIn = (value: unknown, name: string): readonly unknown[] => {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
};

/** `protocolApplied[0].targetDisease[*]`, each by its SNOMED CT code; undefined for one that has none. */
export const targetDiseasesOf = (immunization: unknown): readonly (string | undefined)[] =>
  listIn(listIn(immunization, 'protocolApplied')[0], 'targetDisease').map((disease) => {
    const code = listIn(disease, 'coding')
      .filter((coding) => member(coding, 'system') === SNOMED)
      .map((coding) => member(coding, 'code'))[0];
    return typeof code === 'string' ? code : undefined;
  });

/** What permissions are given for; undefined where the diseases belong to no vaccine of this service. */
export const vaccineTypeOf = (immunization: unknown): string | undefined =>
  TYPE_OF.get(targetDiseasesOf(immunization).map(String).toSorted().join(':'));

/** The target diseases of a vaccine type, for records that are made here. */
export const diseasesOf = (type: string): fhir4.CodeableConcept[] =>
  (DISEASES[type] ?? []).map((code) => ({ coding: [{ system: SNOMED, code }] }));
