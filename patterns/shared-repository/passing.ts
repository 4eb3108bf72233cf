import { at } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { type Passing, tells, wasDone } from '../../sandbox/conformance/passing.ts';
import { recordOf, recordSteps } from '../../sandbox/conformance/record-steps.ts';

const isCreate = ({ request }: SeenExchange, path: string): boolean =>
  request.method === 'POST' && /^\/[A-Z][A-Za-z]+$/.test(path);
const identifierOf = (one: SeenExchange): string | undefined => {
  const identifier = at(parsed(one.request), 'identifier', 0);
  return at(identifier, 'value') === undefined ? undefined : JSON.stringify(identifier);
};

/** The version of `…/_history/3`, as the answers about the record tell it. */
const wasSeen = (before: readonly SeenExchange[], record: string, version: string): boolean =>
  before.some((one) => recordOf(one) === record && one.reply?.headers.etag === `W/"${version}"`);

const stepOf = (one: SeenExchange, before: readonly SeenExchange[]): string | undefined => {
  const path = pathOf(one);
  if (isCreate(one, path)) {
    const identifier = identifierOf(one);
    const first = before.find(
      (other) => isCreate(other, path.replace(/\?.*$/, '')) && wasDone(other) && identifierOf(other) === identifier,
    );
    if (identifier !== undefined && first !== undefined) return 'create-again';
    return tells(one) ? 'create' : undefined;
  }
  const [, record = '', version = ''] = /^\/([A-Z][A-Za-z]+\/[^/]+)\/_history\/([^/?]+)$/.exec(path) ?? [];
  if (one.request.method === 'GET' && version !== '')
    return wasDone(one) || wasSeen(before, record, version) ? 'read-before' : undefined;
  const { method } = one.request;
  const [id, own] = [at(parsed(one.request), 'id'), recordOf(one)?.split('/')[1]];
  if (method === 'PUT' && own !== undefined && id !== undefined && id !== decodeURIComponent(own))
    return 'update-other-id';
  return undefined;
};

/** Records, as they are created, read, changed and deleted. */
export const passing: Passing = {
  participants: ['repository'],
  name: ({ answered }) => ({
    steps: new Map(
      [
        ...recordSteps(answered, 'update'),
        ...answered.map((one, index) => [one.id, stepOf(one, answered.slice(0, index)) ?? ''] as const),
      ].filter(([, step]) => step !== ''),
    ),
  }),
  unseen: { available: 'whom the repository tells of a write does not pass between the two' },
};
