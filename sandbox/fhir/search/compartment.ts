import { loadDefinitions } from '../definitions/load.ts';
import { type Condition, idScan, indexScan } from './condition.ts';
import { searchParameters } from './parameters.ts';

/** The types that may be members of the standard's compartment of this name, sorted; undefined where there is none. */
export const compartmentTypes = (compartment: string): readonly string[] | undefined => {
  const { compartments } = loadDefinitions();
  return Object.hasOwn(compartments, compartment) ? Object.keys(compartments[compartment] ?? {}).sort() : undefined;
};

/** The canonical url of each compartment's definition. */
export const compartmentUrls = (): readonly string[] =>
  Object.keys(loadDefinitions().compartments).map(
    (name) => `http://hl7.org/fhir/CompartmentDefinition/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
  );

/**
 * Met by the resources of a member type that are in the compartment: by one of the parameters that the standard names, or
 * because they are the resource that it is about. FHIR R4 compartmentdefinition.html
 */
export const membership = (compartment: string, id: string, type: string): Condition => {
  const codes = loadDefinitions().compartments[compartment]?.[type] ?? [];
  const target = `${compartment}/${id}`;
  const scans = codes.flatMap((code) => {
    const parameter = searchParameters(type).get(code);
    return parameter === undefined
      ? []
      : [indexScan('search_reference', parameter.param, true, (sql, row) => `${row}.target = ${sql.bind(target)}`)];
  });
  return { scans: type === compartment ? [...scans, idScan([id])] : scans, negated: false };
};
