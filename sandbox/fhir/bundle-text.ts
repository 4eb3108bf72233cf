/**
 * Bundles are put together as text, so that a stored resource goes out as the bytes that it is stored as, and a page of
 * a thousand costs no parsing.
 */
export interface EntryText {
  readonly fullUrl?: string;
  /** JSON text of the resource. */
  readonly resource?: string;
  readonly search?: { readonly mode: 'match' | 'include' | 'outcome' };
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: {
    readonly status: string;
    readonly location?: string | undefined;
    readonly etag?: string | undefined;
    readonly lastModified?: string | undefined;
    /** JSON text of an OperationOutcome. */
    readonly outcome?: string | undefined;
  };
}

export interface BundleLink {
  readonly relation: 'self' | 'first' | 'next' | 'previous' | 'last';
  readonly url: string;
}

const members = (list: readonly (readonly [string, string | undefined])[]): string =>
  `{${list.flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":${text}`])).join(',')}}`;

const quoted = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);
const asJson = (value: object | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

const responseText = (response: EntryText['response']): string | undefined =>
  response &&
  members([
    ['status', quoted(response.status)],
    ['location', quoted(response.location)],
    ['etag', quoted(response.etag)],
    ['lastModified', quoted(response.lastModified)],
    ['outcome', response.outcome],
  ]);

const entryText = (entry: EntryText): string =>
  members([
    ['fullUrl', quoted(entry.fullUrl)],
    ['resource', entry.resource],
    ['search', asJson(entry.search)],
    ['request', asJson(entry.request)],
    ['response', responseText(entry.response)],
  ]);

/** A Bundle; absent where empty are `link` and `entry`, since FHIR has no empty arrays (R4 json.html). */
export const bundleText = (bundle: {
  readonly type: 'searchset' | 'history' | 'batch-response' | 'transaction-response';
  readonly timestamp: number;
  readonly total?: number | undefined;
  readonly links?: readonly BundleLink[];
  readonly entries: readonly EntryText[];
}): string =>
  members([
    ['resourceType', '"Bundle"'],
    ['type', quoted(bundle.type)],
    ['timestamp', quoted(new Date(bundle.timestamp).toISOString())],
    ['total', bundle.total === undefined ? undefined : String(bundle.total)],
    ['link', bundle.links?.length ? JSON.stringify(bundle.links) : undefined],
    ['entry', bundle.entries.length > 0 ? `[${bundle.entries.map(entryText).join(',')}]` : undefined],
  ]);
