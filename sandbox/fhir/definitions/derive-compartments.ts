import type { Definitions } from './shape.ts';
import type { SourceResource } from './source.ts';

/** The members of the standard's five compartments. A type without parameters is never a member. */
export const deriveCompartments = (resources: readonly SourceResource[]): Definitions['compartments'] =>
  Object.fromEntries(
    resources
      .filter(({ resourceType }) => resourceType === 'CompartmentDefinition')
      .map(({ code = '', resource = [] }) => [
        code,
        Object.fromEntries(
          resource.flatMap(({ code: type, param = [] }) => (param.length === 0 ? [] : [[type, param]])),
        ),
      ]),
  );
