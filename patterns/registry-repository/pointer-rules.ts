import { PAGE_PARAMETER } from '../../sandbox/fhir/kept-search.ts';
import { CURSOR_PARAMETER } from '../../sandbox/fhir/search/cursor.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Call } from '../../sandbox/pattern.ts';
import { custodianOf, items, part, subjectOf, typesOf } from '../../sandbox/pointers/pointer.ts';
import { INVALID_POINTER } from '../../sandbox/pointers/problems.ts';
import { type Fault, INVALID_PARAMETER, problem } from '../../sandbox/problem.ts';

const missing = (at: string, detail: string): Fault => ({ at: `DocumentReference.${at}`, detail, issue: 'required' });

const contentFaults = (pointer: FhirResource): Fault[] =>
  items(pointer.content).flatMap((content, index) => {
    const place = `content[${index}].attachment`;
    const attachment = part(content, 'attachment');
    return [
      ...(part(attachment, 'url') === undefined
        ? [missing(`${place}.url`, 'A pointer says where the document is')]
        : []),
      ...(part(attachment, 'contentType') === undefined
        ? [missing(`${place}.contentType`, 'A pointer says what type the document is of')]
        : []),
      ...(part(attachment, 'data') === undefined
        ? []
        : [{ at: `DocumentReference.${place}.data`, detail: 'A registry holds pointers and no documents' }]),
    ];
  });

/** Refuses a DocumentReference that leads nowhere, or that says nothing of whose it is. */
export const requirePointer = (pointer: FhirResource): void => {
  const faults = [
    ...(subjectOf(pointer) === undefined ? [missing('subject', 'A pointer says whose record it is')] : []),
    ...(typesOf(pointer).length === 0 ? [missing('type', 'A pointer says of what type the document is')] : []),
    ...(custodianOf(pointer) === undefined
      ? [missing('custodian.identifier', 'A pointer names by an identifier who holds the document')]
      : []),
    ...contentFaults(pointer),
  ];
  if (faults.length > 0) throw problem(INVALID_POINTER, faults);
};

/** In the words of IHE MHD ITI-67, and what comes to the same where nobody keeps a Patient to chain through. */
const BY_IDENTIFIER = /^(?:patient|subject)(?:\.|:)identifier$/;
const BY_PERSON = /^(?:patient|subject)(?::Patient)?(?:\.identifier)?$/;

const renamed = (query: URLSearchParams): URLSearchParams => {
  const named = new URLSearchParams();
  for (const [name, value] of query) named.append(BY_IDENTIFIER.test(name) ? 'subject:identifier' : name, value);
  return named;
};

const requireSubject = (query: URLSearchParams): void => {
  const named = [...query].some(
    ([name, value]) => value !== '' && (name === 'subject:identifier' || BY_PERSON.test(name)),
  );
  // What continues a search that did name somebody.
  const continued = query.has(PAGE_PARAMETER) || query.has(CURSOR_PARAMETER);
  if (!named && !continued)
    throw problem(INVALID_PARAMETER, [
      {
        detail: 'A search names whose pointers are wanted, for example by subject:identifier',
        at: 'subject',
        issue: 'required',
      },
    ]);
};

/** The same search, whose person is named in the one way that the index has; refused where nobody is named. */
export const subjectNamed = (call: Call): Call => {
  const query = renamed(call.query);
  if (call.method !== 'POST') {
    requireSubject(query);
    return { ...call, query };
  }
  const form = renamed(new URLSearchParams(Buffer.from(call.body).toString('utf8')));
  requireSubject(new URLSearchParams([...query, ...form]));
  return { ...call, query, body: Buffer.from(form.toString()) };
};
