import { BAD_REQUEST, problem, UNPROCESSABLE } from '../../problem.ts';
import { parseJson } from '../json.ts';
import { isResource } from '../stored.ts';
import { type Entry, placeOfEntry } from './entry.ts';

/** The JSON Patch of a PATCH entry: a Binary whose data is the patch (FHIR R4 http.html#patch). */
export const jsonPatchOf = (entry: Entry): unknown => {
  const at = `${placeOfEntry(entry.index)}.resource`;
  const { resource } = entry;
  if (!isResource(resource) || resource.resourceType !== 'Binary') {
    const seen = isResource(resource) ? resource.resourceType.slice(0, 64) : 'no resource';
    throw problem(UNPROCESSABLE, `A patch in a bundle has to be a Binary that holds a JSON Patch, not ${seen}`, { at });
  }
  const { contentType, data } = resource;
  if (contentType !== 'application/json-patch+json')
    throw problem(UNPROCESSABLE, 'The contentType has to be application/json-patch+json', { at: `${at}.contentType` });
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data))
    throw problem(BAD_REQUEST, 'The data has to be the patch in base64', { at: `${at}.data` });
  return parseJson(Buffer.from(data, 'base64'));
};
