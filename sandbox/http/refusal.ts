import type { Reply } from '../pattern.ts';
import type { ProblemError } from '../problem.ts';
import { renderInFormat } from './error-format.ts';
import type { Passage } from './passage.ts';
import { renderOutcome, renderProblem, wantsPlainJson } from './render.ts';

/** At the base, or below a path of the API's own: `/record-locator/producer/FHIR/R4`. */
const BELOW_FHIR = /\/FHIR(?:\/|$)/;

/** A problem in the words of whatever is served there. */
export const renderRefusal = (passage: Passage, error: ProblemError): Reply => {
  const { address, headers, served, params } = passage;
  if (served?.dialect.errors.formats !== undefined) {
    const { dialect } = served;
    const said = renderInFormat({ error, dialect, accept: headers.accept, correlation: passage.id, params });
    if (said !== undefined) return said;
  }
  if (address === undefined || !BELOW_FHIR.test(address.path)) return renderProblem(error, `urn:uuid:${passage.id}`);
  const format = address.search.includes('_format') ? new URLSearchParams(address.search).get('_format') : undefined;
  return renderOutcome(error, served?.dialect, wantsPlainJson(headers.accept, format));
};
