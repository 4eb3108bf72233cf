import { listOf, partOf } from './parts.ts';

/** HL7 FHIR Subscriptions R5 Backport, 1.1.0. */
const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
export const BACKPORT_SUBSCRIPTION = `${BACKPORT}backport-subscription`;
export const STATUS_PROFILE = `${BACKPORT}backport-subscription-status-r4`;
export const FILTER_CRITERIA = `${BACKPORT}backport-filter-criteria`;
export const PAYLOAD_CONTENT = `${BACKPORT}backport-payload-content`;
export const HEARTBEAT_PERIOD = `${BACKPORT}backport-heartbeat-period`;
export const TIMEOUT = `${BACKPORT}backport-timeout`;
export const MAX_COUNT = `${BACKPORT}backport-max-count`;
export const TOPIC_CANONICAL = `${BACKPORT}capabilitystatement-subscriptiontopic-canonical`;

const KNOWN: readonly string[] = [FILTER_CRITERIA, PAYLOAD_CONTENT, HEARTBEAT_PERIOD, TIMEOUT, MAX_COUNT];

const extensionValue = (extension: unknown): unknown => {
  const [, value] =
    Object.entries(typeof extension === 'object' && extension !== null ? extension : {}).find(([key]) =>
      key.startsWith('value'),
    ) ?? [];
  return value;
};

/** The values of the extensions of one url on an element. */
export const extensionsOf = (element: unknown, url: string): readonly unknown[] =>
  listOf(element, 'extension')
    .filter((one) => partOf(one, 'url') === url)
    .map(extensionValue);

/** URLs of extensions of the backport on an element that are not served. */
export const unservedExtensions = (element: unknown): readonly string[] =>
  listOf(element, 'extension')
    .map((one) => String(partOf(one, 'url')))
    .filter((url) => url.startsWith(BACKPORT) && !KNOWN.includes(url));
