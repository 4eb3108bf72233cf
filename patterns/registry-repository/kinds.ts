/** SNOMED CT: what the documents of a sandbox are, each with the category under which the National Record Locator has it. */
export const SNOMED = 'http://snomed.info/sct';

interface Kind {
  readonly display: string;
  readonly category: readonly [code: string, display: string];
}

const CARE_PLAN = ['734163000', 'Care plan'] as const;

export const KINDS: Readonly<Record<string, Kind>> = {
  '736253002': { display: 'Mental health crisis plan', category: CARE_PLAN },
  '325691000000100': { display: 'Contingency plan', category: CARE_PLAN },
  '736373009': { display: 'End of life care plan', category: CARE_PLAN },
  '2181441000000107': { display: 'Personalised Care and Support Plan', category: CARE_PLAN },
  '1363501000000100': {
    display: 'Royal College of Physicians NEWS2 chart',
    category: ['1102421000000108', 'Observations'],
  },
};

/** A type of document: coded where it is one of these, else in words, as a council may have it. */
export const typeOf = (kind: string): fhir4.CodeableConcept => {
  const known = KINDS[kind];
  return known === undefined
    ? { text: kind }
    : { coding: [{ system: SNOMED, code: kind, display: known.display }], text: known.display };
};

export const categoryOf = (kind: string): fhir4.CodeableConcept[] => {
  const known = KINDS[kind];
  return known === undefined
    ? []
    : [{ coding: [{ system: SNOMED, code: known.category[0], display: known.category[1] }] }];
};
