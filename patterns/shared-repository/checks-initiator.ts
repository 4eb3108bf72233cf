import { fail, type JournalCheck, type Judgement, omit, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  brief,
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';
import { RECORDS, toldIn } from './judging.ts';

/** `Patient/1` of a request on one record. */
const recordOf = (exchange: SeenExchange): string | undefined =>
  /^\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\?|$)/.exec(pathOf(exchange))?.[1];

const versionSent = ({ request }: SeenExchange): string | undefined =>
  request.headers['if-match'] ?? request.headers['e-tag'];
const versionTold = ({ reply }: SeenExchange): string | undefined => reply?.headers.etag ?? reply?.headers['e-tag'];
const isUpdate = ({ request }: SeenExchange): boolean => request.method === 'PUT' || request.method === 'PATCH';

/** 412 or 409; or 400, and words that say so. */
const wasStale = ({ reply }: SeenExchange): boolean =>
  reply?.status === 412 ||
  reply?.status === 409 ||
  (reply?.status === 400 && /changed since the last retrieve/.test(reply.body));

const SHOWN = 10;
const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);

const withoutMeta = (half: { readonly body: string }): string => {
  try {
    const { meta: _meta, ...rest } = JSON.parse(half.body);
    return JSON.stringify(rest);
  } catch {
    return half.body;
  }
};

/** After each refusal: the record read again, and what others wrote since kept in what is sent then. */
const merges = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence);
  const refused = sent.filter((one) => isUpdate(one) && wasStale(one));
  const cured: SeenExchange[] = [];
  for (const stale of refused) {
    const record = recordOf(stale);
    const later = sent.filter((one) => one.began >= stale.ended && recordOf(one) === record);
    const again = later.find(isUpdate);
    if (again === undefined) continue;
    const read = later.find(
      (one) => one.request.method === 'GET' && one.reply?.status === 200 && one.ended <= again.began,
    );
    if (read === undefined)
      return fail(`${brief(again)} after a conflict, without reading ${record} again.`, stale.id, again.id);
    const [named, told] = [versionSent(again), versionTold(read)];
    if (named === undefined || (told !== undefined && named !== told))
      return fail(
        `${brief(again)} based on ${named ?? 'no version'}, where ${told ?? 'none'} was read.`,
        read.id,
        again.id,
      );
    // A patch only names what it changes; a whole record that is the same as before has nothing of what others wrote.
    if (
      again.request.method === 'PUT' &&
      withoutMeta(again.request) === withoutMeta(stale.request) &&
      withoutMeta(read.reply ?? { body: '' }) !== withoutMeta(stale.request)
    )
      return fail(
        `${brief(again)} with what was refused before, word for word: what others wrote is gone.`,
        stale.id,
        again.id,
      );
    cured.push(stale, read, again);
  }
  if (cured.length > 0) return passOn(...ids(cured));
  return refused.length === 0
    ? skip('no change of its was refused as stale')
    : skip('after a conflict it has not tried again', ...ids(refused));
};

/** Every update names a version that it has been shown. */
const notBlind = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence);
  const updates = sent.filter(
    (one) => isUpdate(one) && recordOf(one) !== undefined && one.reply?.status !== 201 && one.reply?.status !== 404,
  );
  for (const update of updates) {
    const named = versionSent(update);
    const shown = sent
      .filter(
        (one) =>
          one.ended <= update.began &&
          (recordOf(one) === recordOf(update) || (one.reply?.headers.location ?? '').includes(`/${recordOf(update)}`)),
      )
      .map(versionTold);
    const inSearch = sent.some(
      (one) =>
        one.ended <= update.began &&
        list(at(parsed(one.reply), 'entry')).some(
          (entry) =>
            `${String(at(entry, 'resource', 'resourceType'))}/${String(at(entry, 'resource', 'id'))}` ===
            recordOf(update),
        ),
    );
    if (named === undefined) return fail(`${brief(update)} names no version.`, update.id);
    if (!shown.includes(named) && !inSearch)
      return fail(`${brief(update)} names ${named}, which nobody had shown it.`, update.id);
  }
  return updates.length === 0 ? skip('it has changed no record') : passOn(...ids(updates));
};

const AUTHORS = [
  'author',
  'performer',
  'recorder',
  'asserter',
  'contributor',
  'custodian',
  'managingOrganization',
  'requester',
  'source',
];
const TIMES = [
  'recorded',
  'created',
  'date',
  'authoredOn',
  'recordedDate',
  'issued',
  'effectiveDateTime',
  'occurrenceDateTime',
  'dateAsserted',
];

const saysWho = (evidence: JournalEvidence): Judgement => {
  const { contributor } = toldIn(evidence);
  if (contributor === 'nowhere') return omit('nobody says for whom a record is written');
  const offered = sentBy(evidence).filter((one) => {
    const type = /^\/([A-Z][A-Za-z]+)(?:\?|$)/.exec(pathOf(one))?.[1];
    return one.request.method === 'POST' && type !== undefined && at(parsed(one.request), 'resourceType') === type;
  });
  // What says nothing is refused where the dialect asks for it: that it was never stored is not the contributor's doing.
  for (const one of offered) {
    const body = parsed(one.request);
    const who =
      contributor === 'record'
        ? list(at(body, 'performer')).some((performer) => at(performer, 'actor', 'type') === 'Organization')
        : AUTHORS.some((name) => at(body, name) !== undefined);
    const when =
      contributor === 'record'
        ? at(body, 'recorded') !== undefined
        : TIMES.some((name) => at(body, name) !== undefined);
    if (one.request.headers['x-provenance'] === undefined && !(who && when))
      return fail(`${brief(one)} says ${who ? 'not when' : when ? 'not who' : 'neither who nor when'}.`, one.id);
  }
  const created = offered.filter(({ reply }) => reply?.status === 201);
  return created.length === 0 ? skip('it has created no record') : passOn(...ids(created));
};

/** What a contributor has to keep to, judged by what it did in a sandbox. */
export const checks: readonly JournalCheck[] = [
  {
    id: 'shr-04-merges',
    requirements: ['SHR-04'],
    reads: 'journal',
    title: 'After a conflict it reads again, merges and tries again',
    failure: 'After a conflict it overwrote what it had not read.',
    stimulus: {
      todo: 'Let your system read a record; let the other contributor change it (its act "Change a record"); then let your system change it, too.',
    },
    judge: merges,
  },
  {
    id: 'shr-04-based',
    requirements: ['SHR-04'],
    reads: 'journal',
    title: 'Every change names a version that it has seen',
    failure: 'A change names no version, or one that it has not seen.',
    stimulus: { todo: 'Let your system read a record and change it.' },
    judge: notBlind,
  },
  {
    id: 'shr-09-author',
    requirements: ['SHR-09'],
    reads: 'journal',
    title: 'What it contributes says who wrote it, and when',
    failure: 'A contribution does not say for which organisation it was made, or when.',
    dialects: RECORDS,
    stimulus: { todo: 'Let your system record something new.' },
    judge: saysWho,
  },
];
