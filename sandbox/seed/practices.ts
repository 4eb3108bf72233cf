import { TOWNS, type Town } from './names.ts';
import { ODS_CODE } from './systems.ts';

/** An invented GP practice. ODS codes of real English practices begin with A to P or Y; X99 is nobody's. */
export interface Practice {
  readonly ods: string;
  readonly name: string;
  readonly town: Town;
}

export const PRACTICES: readonly Practice[] = TOWNS.map((town, index) => ({
  ods: `X9900${index + 1}`,
  name: `${town.name} Surgery`,
  town,
}));

export const practiceOf = (town: Town): Practice => {
  const practice = PRACTICES.find((one) => one.town === town);
  if (practice === undefined) throw new Error(`No practice in ${town.name}`);
  return practice;
};

export const organizations = (): fhir4.Organization[] =>
  PRACTICES.map(({ ods, name, town }) => ({
    resourceType: 'Organization',
    id: ods,
    active: true,
    identifier: [{ system: ODS_CODE, value: ods }],
    type: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/organization-type',
            code: 'prov',
            display: 'Healthcare Provider',
          },
        ],
        text: 'GP practice',
      },
    ],
    name,
    address: [{ use: 'work', line: ['1 Signpost Lane', town.name], postalCode: `${town.district} 1AA` }],
  }));
