import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Question } from './asking.ts';
import { basedOn } from './based-on.ts';
import type { Change } from './merging.ts';
import type { Seen } from './seen.ts';

const patchesFor = (record: FhirResource, { set, add }: Change): readonly object[] => [
  ...Object.entries(set).map(([element, value]) => ({
    op: record[element] === undefined ? 'add' : 'replace',
    path: `/${element}`,
    value,
  })),
  ...Object.entries(add).map(([element, value]) => ({ op: 'add', path: `/${element}/-`, value })),
];

/** The change as a JSON Patch in an object of its own, for a record that is only changed by patches. */
export const patched = (ctx: Ctx, path: string, { version, record }: Seen, change: Change): Question => ({
  method: 'PATCH',
  path,
  headers: { ...basedOn(ctx, version), 'content-type': 'application/json-patch+json' },
  body: { patches: patchesFor(record, change) },
});
