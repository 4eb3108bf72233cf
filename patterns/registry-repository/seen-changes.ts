import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { wasDone } from '../../sandbox/conformance/passing.ts';
import { text } from './drive-pointer.ts';

const ODS_HEADER = 'nhsd-end-user-organisation-ods';

/** What of a pointer may not change, and whose it is. */
interface Known {
  readonly type: string;
  readonly subject: string;
  readonly custodian: string;
}

const factsOf = (pointer: unknown): Known => ({
  type: text(at(pointer, 'type', 'coding', 0, 'code')),
  subject: text(at(pointer, 'subject', 'identifier', 'value')),
  custodian: text(at(pointer, 'custodian', 'identifier', 'value')),
});
const isPointer = (value: unknown): boolean => at(value, 'resourceType') === 'DocumentReference';
const differs = (one: string, other: string): boolean => one !== '' && other !== '' && one !== other;
const placeOf = (one: SeenExchange): string =>
  /^\/DocumentReference\/([^/?]+)$/.exec(pathOf(one))?.[1]?.replaceAll('%7C', '|') ?? '';

/** The pointers that an answer shows: read, found, or registered as they were sent. */
const shownBy = (one: SeenExchange): readonly (readonly [string, unknown])[] => {
  if (!wasDone(one)) return [];
  const [answer, sent] = [parsed(one.reply), parsed(one.request)];
  const made = /\/DocumentReference\/([A-Za-z0-9.-]{1,64})/.exec(one.reply?.headers.location ?? '')?.[1];
  if (one.request.method === 'POST' && made !== undefined && isPointer(sent)) return [[made, sent]];
  return [answer, ...list(at(answer, 'entry')).map((entry) => at(entry, 'resource'))]
    .filter(isPointer)
    .map((pointer) => [text(at(pointer, 'id')), pointer]);
};

const replacedBy = (pointer: unknown): readonly string[] =>
  list(at(pointer, 'relatesTo'))
    .filter((one) => at(one, 'code') === 'replaces')
    .map((one) => text(at(one, 'target', 'identifier', 'value')) || text(at(one, 'target', 'reference')))
    .map((name) => name.replace(/^.*\//, ''));

const refusedWith = ({ reply }: SeenExchange, ...codes: readonly number[]): boolean =>
  reply !== undefined && codes.includes(reply.status);

/** What a change is like, by what was known before; a refusal is named only where it can have been for that alone. */
const stepOf = (one: SeenExchange, known: ReadonlyMap<string, Known>, dialect: string): string | undefined => {
  const { method, headers } = one.request;
  const sent = parsed(one.request);
  // Plain FHIR has no header that says for whom somebody calls.
  const caller = dialect === 'nrl' ? (headers[ODS_HEADER] ?? '') : '';
  const mine = factsOf(sent);
  if (method === 'POST' && pathOf(one).startsWith('/DocumentReference') && isPointer(sent)) {
    if (differs(caller, mine.custodian)) return wasDone(one) || refusedWith(one, 403) ? 'create-other' : undefined;
    const [old] = replacedBy(sent).flatMap((id) => known.get(id) ?? []);
    if (old === undefined || !(wasDone(one) || refusedWith(one, 400, 409, 422))) return undefined;
    if (differs(old.subject, mine.subject)) return 'supersede-person';
    return differs(old.type, mine.type) ? 'supersede-type' : undefined;
  }
  const old = known.get(placeOf(one));
  if (old === undefined || !/^(?:PUT|DELETE)$/.test(method)) return undefined;
  if (differs(caller, old.custodian))
    return wasDone(one) || refusedWith(one, 403) ? `${method === 'PUT' ? 'update' : 'delete'}-other` : undefined;
  const changed = differs(old.type, mine.type) || differs(old.subject, mine.subject);
  return method === 'PUT' && changed && (wasDone(one) || refusedWith(one, 400)) ? 'update-immutable' : undefined;
};

/** Changes of pointers that had been seen before: of what may not change, by another than its owner, in another's name. */
export const changeSteps = (answered: readonly SeenExchange[], dialect: string): ReadonlyMap<string, string> => {
  const known = new Map<string, Known>();
  const steps = new Map<string, string>();
  for (const one of answered) {
    const step = stepOf(one, known, dialect);
    if (step !== undefined) steps.set(one.id, step);
    // What should not have been done tells nothing of how it ought to be.
    else for (const [id, pointer] of shownBy(one)) known.set(id, factsOf(pointer));
  }
  return steps;
};
