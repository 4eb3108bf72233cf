import type { Reader } from '../sql/port.ts';
import type { StoredVersion } from './stored.ts';
import { storedVersion } from './versions.ts';

/** What a version is called where it is referred to instead of being copied: `Reply.stored`. */
export const versionKey = (space: number, { id, version }: Pick<StoredVersion, 'id' | 'version'>): string =>
  `version/${space}/${version}/${id}`;

const KEY = /^version\/(\d+)\/(\d+)\/([A-Za-z0-9\-.]+)$/;

/** The text behind such a key. Versions are kept for as long as their sandbox lives, whatever becomes of the resource. */
export const versionText = async (reader: Reader, key: string): Promise<string | undefined> => {
  const [, space, version, id] = KEY.exec(key) ?? [];
  if (space === undefined || version === undefined || id === undefined) return undefined;
  const found = await storedVersion(reader, Number(space), id, Number(version));
  return found?.body === '' ? undefined : found?.body;
};
