import { readFile } from 'node:fs/promises';
import { parseRequests, type TryOne } from '../sandbox/request-shape.ts';
import { missing } from './catalogue-files.ts';
import { CatalogueError } from './catalogue-manifest.ts';

/** What `patterns/<id>/requests.yaml` has to try; nothing where there is no such file. Whose it is, the participants know. */
export const readRequests = async (
  root: URL,
  id: string,
  participants: readonly { readonly name: string }[],
): Promise<readonly TryOne[]> => {
  const where = `patterns/${id}/requests.yaml`;
  let text: string;
  try {
    text = await readFile(new URL(where, root), 'utf8');
  } catch (error) {
    if (missing(error)) return [];
    throw error;
  }
  const requests = parseRequests(text, where);
  const names = participants.map(({ name }) => name);
  const strange = requests.flatMap(({ title, at, ...more }) =>
    [...at, ...('by' in more ? (more.by ?? []) : [])]
      .filter((name) => !names.includes(name))
      .map((name) => `"${title}" names ${name}`),
  );
  if (strange.length > 0)
    throw new CatalogueError(
      where,
      strange.map((fault) => `${fault}, not one of ${names.join(', ')}`),
    );
  return requests;
};
