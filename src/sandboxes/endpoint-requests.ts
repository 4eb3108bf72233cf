import { isMessage, type TryMessage, type TryOne, type TryRequest } from '../../sandbox/request-shape.ts';

/** EndpointRequest of openapi/service.yaml: what stands in `requests.yaml`, as it is sent to one endpoint. */
export interface EndpointRequest {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly version?: TryRequest['version'];
}

export interface Where {
  readonly participant: string;
  /** Where the endpoint begins, below the participant's base. */
  readonly base: string;
  readonly dialect: string;
  /** Whose credential is shown with it. */
  readonly caller?: string;
  readonly credential?: string;
  /** The NHS number of somebody who was seeded. */
  readonly patient: string;
}

/** Who sends different credentials is somebody else, and what it makes goes by a name of its own. */
const callerOf = (credential = 'anybody'): string => credential.replaceAll(/[^A-Za-z0-9]/g, '').slice(-6);

const filler = ({ patient, credential }: Where) => {
  const text = (given: string): string =>
    given.replaceAll('{patient}', patient).replaceAll('{caller}', callerOf(credential));
  const all = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(all);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, all(one)]));
  };
  const texts = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
  return { text, texts, all };
};

const isFor = ({ at, base = '/FHIR/R4', dialects, by }: TryRequest, where: Where): boolean =>
  at.includes(where.participant) &&
  base === where.base &&
  (dialects?.includes(where.dialect) ?? true) &&
  (by === undefined || where.caller === undefined || by.includes(where.caller));

/** What is good to try at an endpoint. */
export const requestsAt = (requests: readonly TryOne[], where: Where): readonly EndpointRequest[] => {
  const { text, texts, all } = filler(where);
  return requests
    .flatMap((one) => (isMessage(one) || !isFor(one, where) ? [] : [one]))
    .map(({ title, method = 'GET', path, headers = {}, form, json, version }) => {
      const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
      const type = json === undefined || typed ? {} : { 'Content-Type': 'application/fhir+json' };
      return {
        title,
        method,
        path: text(path),
        headers: { ...type, ...texts(headers) },
        ...(form === undefined ? {} : { form: texts(form) }),
        ...(json === undefined ? {} : { body: all(json) }),
        ...(version === undefined ? {} : { version: { ...version, path: text(version.path) } }),
      };
    });
};

/** EndpointMessage of openapi/service.yaml. */
export type EndpointMessage = { readonly title: string } & TryMessage['hl7v2'];

/** What is good to send to a participant over MLLP. */
export const messagesAt = (
  requests: readonly TryOne[],
  { participant, patient }: Pick<Where, 'participant' | 'patient'>,
): readonly EndpointMessage[] =>
  requests.filter(isMessage).flatMap(({ title, at, hl7v2 }) => {
    if (!at.includes(participant)) return [];
    const segments = hl7v2.segments.map((segment) => segment.replaceAll('{patient}', patient));
    return [{ title, ...hl7v2, segments }];
  });
