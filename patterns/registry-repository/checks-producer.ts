import { fail, type JournalCheck, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  brief,
  type JournalEvidence,
  pathOf,
  type SeenExchange,
  sentBy,
  sentTo,
} from '../../sandbox/conformance/journal-evidence.ts';
import { hasValidCheckDigit } from '../../sandbox/nhs-number.ts';
import { bareUrl, registrations, type SeenPointer } from './seen-pointers.ts';

const SHOWN = 10;
export const PRODUCERS = ['repository', 'other-repository'];
const ids = (pointers: readonly SeenPointer[]): string[] => pointers.slice(0, SHOWN).map(({ exchange }) => exchange.id);

export const isThere = (value: unknown): boolean =>
  value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

/** What every pointer has, whatever registry it is for. */
const missingIn = (pointer: unknown): string[] => {
  const lacks = (name: string, ...path: readonly (string | number)[]): string[] =>
    isThere(at(pointer, ...path)) ? [] : [name];
  const contents = list(at(pointer, 'content'));
  const ofContents = contents.flatMap((content, index) => [
    ...(isThere(at(content, 'attachment', 'url')) ? [] : [`content[${index}].attachment.url`]),
    ...(isThere(at(content, 'attachment', 'contentType')) ? [] : [`content[${index}].attachment.contentType`]),
  ]);
  const named = isThere(at(pointer, 'subject', 'identifier', 'value')) || isThere(at(pointer, 'subject', 'reference'));
  return [
    ...(named ? [] : ['subject']),
    ...lacks('status', 'status'),
    ...lacks('type', 'type'),
    ...lacks('custodian.identifier', 'custodian', 'identifier', 'value'),
    ...(contents.length === 0 ? ['content'] : ofContents),
  ];
};

/** Every pointer that was sent, by what it lacks. */
export const lacking =
  (missingIn: (pointer: unknown) => readonly string[]): JournalCheck['judge'] =>
  (evidence) => {
    const sent = registrations(evidence);
    for (const { exchange, resource } of sent) {
      const missing = missingIn(resource);
      if (missing.length > 0) return fail(`${brief(exchange)} lacks ${missing.join(', ')}.`, exchange.id);
    }
    return sent.length === 0 ? skip('it has registered nothing') : passOn(...ids(sent));
  };

const numberIn = (url: string): string | undefined =>
  (decodeURIComponent(url.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')).match(/(?<!\d)\d{10}(?!\d)/g) ?? []).find(
    hasValidCheckDigit,
  );

const bare = (evidence: JournalEvidence): Judgement => {
  const sent = registrations(evidence);
  for (const { exchange, resource, urls } of sent) {
    const held = list(at(resource, 'content')).some((content) => isThere(at(content, 'attachment', 'data')));
    if (held) return fail(`${brief(exchange)} carries a document in content.attachment.data.`, exchange.id);
    if (isThere(at(resource, 'contained'))) return fail(`${brief(exchange)} carries contained resources.`, exchange.id);
    const url = urls.find((one) => numberIn(one) !== undefined);
    if (url !== undefined)
      return fail(`${brief(exchange)} has an NHS number in the address of the document.`, exchange.id);
  }
  return sent.length === 0 ? skip('it has registered nothing') : passOn(...ids(sent));
};

/** The agreed time, on the sandbox clock. */
const AGREED = 86_400_000;

/** Whether this takes the pointer out of the registry, or puts another in its place. */
const ends = (exchange: SeenExchange, { id }: SeenPointer): boolean => {
  if (exchange.request.method === 'DELETE') return pathOf(exchange) === `/DocumentReference/${id}`;
  return (
    exchange.request.method === 'POST' &&
    exchange.request.body.includes('"replaces"') &&
    exchange.request.body.includes(id)
  );
};

const keepsUp = (evidence: JournalEvidence): Judgement => {
  const registered = registrations(evidence).filter(
    ({ exchange, id }) => id !== '' && (exchange.reply?.status ?? 500) < 300,
  );
  const gone = sentTo(evidence).filter(({ reply }) => reply?.status === 404 || reply?.status === 410);
  const passed: string[] = [];
  let open: SeenExchange | undefined;
  for (const miss of gone) {
    const pointer = registered.findLast(
      ({ exchange, urls }) => exchange.at <= miss.at && urls.map(bareUrl).includes(bareUrl(miss.request.url)),
    );
    if (pointer === undefined) continue;
    const end = sentBy(evidence).find((one) => one.began >= pointer.exchange.began && ends(one, pointer));
    if (end === undefined && evidence.now - miss.at <= AGREED) open = miss;
    else if (end === undefined || end.at - miss.at > AGREED)
      return fail(
        `${brief(miss)} to ${miss.from}, and a day later ${pointer.id} had not been withdrawn.`,
        pointer.exchange.id,
        miss.id,
      );
    else passed.push(miss.id, end.id);
  }
  if (passed.length > 0) return passOn(...passed.slice(0, SHOWN));
  return open === undefined
    ? skip('nobody was led by a pointer to a document that was gone')
    : skip('a document is gone and its pointer is still there, for less than a day', open.id);
};

/** What a system that registers records has to keep to, judged by what it did in a sandbox. */
export const checks: readonly JournalCheck[] = [
  {
    id: 'reg-03-whole',
    requirements: ['REG-03'],
    reads: 'journal',
    participants: PRODUCERS,
    title: 'Every pointer has what a pointer needs',
    failure: 'A pointer lacks what it has to say.',
    stimulus: { todo: 'Let your system register a document.' },
    judge: lacking(missingIn),
  },
  {
    id: 'reg-04-bare',
    requirements: ['REG-04'],
    reads: 'journal',
    participants: PRODUCERS,
    title: 'No pointer holds a document, or an NHS number in its address',
    failure: 'A pointer says more than where something is.',
    stimulus: { todo: 'Let your system register a document.' },
    judge: bare,
  },
  {
    id: 'reg-13-keeps-up',
    requirements: ['REG-13'],
    reads: 'journal',
    participants: PRODUCERS,
    title: 'A pointer goes within a day of its document',
    failure: 'A pointer stayed in the registry though its document was gone.',
    stimulus: {
      todo: 'Let your system register a document and remove it again; let the requester of this sandbox find and fetch it in between, and judge again after a day on the sandbox clock.',
    },
    judge: keepsUp,
  },
];
