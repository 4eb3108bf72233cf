import { at, list } from '../../sandbox/conformance/evidence.ts';
import {
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';

const weak = (version: unknown): string[] => (typeof version === 'string' ? [`W/"${version}"`] : []);

/** The versions of a resource or of a Bundle's entries that a body shows for this record, as weak ETags. */
const inBody = (body: unknown, record: string): string[] => {
  const resources = [body, ...list(at(body, 'entry')).map((entry) => at(entry, 'resource'))];
  return resources
    .filter((one) => `${String(at(one, 'resourceType'))}/${String(at(one, 'id'))}` === record)
    .flatMap((one) => weak(at(one, 'meta', 'versionId')));
};

const isOn = (exchange: SeenExchange, record: string): boolean =>
  pathOf(exchange) === `/${record}` ||
  pathOf(exchange).startsWith(`/${record}?`) ||
  (exchange.reply?.headers.location ?? '').includes(`/${record}/`);

/** Every version of a record (`Patient/1`) that the participant had been shown by then: in an ETag, in a body, in a search. */
export const seenVersions = (evidence: JournalEvidence, record: string, by: number): readonly string[] => {
  const before = sentBy(evidence).filter(({ reply, ended }) => reply !== undefined && ended <= by);
  return [
    ...new Set(
      before.flatMap((exchange) => {
        const { etag } = exchange.reply?.headers ?? {};
        return [
          ...(etag !== undefined && isOn(exchange, record) ? [etag] : []),
          ...inBody(parsed(exchange.reply), record),
        ];
      }),
    ),
  ];
};

/** The updates of a record that had been refused by then because their version was stale (FHIR R4 412, PDS 409). */
export const staleRefusals = (
  evidence: JournalEvidence,
  record: string,
  by: number,
): readonly { readonly exchange: SeenExchange; readonly version: string }[] =>
  sentBy(evidence).flatMap((exchange) => {
    const { request, reply, ended } = exchange;
    const version = request.headers['if-match'];
    const refused = reply?.status === 412 || reply?.status === 409;
    return version !== undefined && refused && ended <= by && isOn(exchange, record) ? [{ exchange, version }] : [];
  });
