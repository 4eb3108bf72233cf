import { kindOf } from './kind.ts';
import type { Rule } from './map-shape.ts';
import { maps } from './maps.ts';

/**
 * What HL7's null in a field that a rule reads asks to be removed: `birthDate`, `period.end`, `telecom[use=work]` of a list that
 * other fields fill, too. Undefined where nothing can be removed alone: a part of an item, or a number that somebody has.
 */
export const removalOf = ({ to, with: constants, resource }: Rule): string | undefined => {
  const isList = to.endsWith('[]');
  const element = isList ? to.slice(0, -2) : to;
  const list = element.slice(element.lastIndexOf('.') + 1);
  if (/\[(?!x\])/.test(element) || list === 'identifier') return undefined;
  const target = resource === undefined ? {} : { reference: `${maps().types.get(resource)?.resource}/` };
  const kind = isList ? kindOf(list, { ...constants, ...target }) : undefined;
  return kind === undefined ? element : `${element}[${kind}]`;
};
