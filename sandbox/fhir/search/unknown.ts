import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { unservedParameters } from './parameters.ts';

/** Parameters of R4 search.html for all types that are not served here; each would select, so ignoring it answers another question. */
const UNSERVED: ReadonlySet<string> = new Set([
  '_content',
  '_contained',
  '_containedType',
  '_filter',
  '_list',
  '_query',
  '_text',
]);

/**
 * Returns where a parameter that is not known may be left out of the search: always under `handling=lenient`, never under
 * `handling=strict`. Where the client says neither, one that nobody knows may be a mistake of no consequence, but one that
 * the standard has selects what would come back unselected, so it is refused (search.html#errors leaves that open).
 */
export const requireIgnorable = (
  type: string,
  name: string,
  value: string,
  handling: 'strict' | 'lenient' | undefined,
): void => {
  const [code = ''] = name.split(/[:.]/, 1);
  const shown = name.slice(0, 64);
  // What is contained is found nowhere: that is the default, and what is served (search.html#contained).
  const isDefault = name === '_contained' && value === 'false';
  const unserved = !isDefault && (UNSERVED.has(code) || unservedParameters(type).includes(code));
  if (handling === 'lenient' || (handling === undefined && !unserved)) return;
  const hint = handling === undefined ? '; under Prefer: handling=lenient it is ignored' : '';
  const detail = unserved
    ? `${shown} is a search parameter of the standard that is not served here${hint}`
    : `${type} has no search parameter ${shown} here`;
  throw problem(INVALID_PARAMETER, [{ detail, at: shown, issue: 'not-supported' }]);
};
