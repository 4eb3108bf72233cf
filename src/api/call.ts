import type { AccessKey } from '../sandboxes/keys.ts';

/** One call of the service's own API: matched, authorised and valid against the contract. */
export interface ServiceCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON body, or the text of another; undefined where there was none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly bytes?: Uint8Array;
  /** The media type that was agreed on, of those the operation produces. */
  readonly type: string;
  /** The key that opened the sandbox; present for every operation that needs one. */
  readonly key?: AccessKey;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

export interface ServiceReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string or bytes as `ServiceCall.type`, chunks as they come. */
  readonly body?: string | Uint8Array | object | AsyncIterable<string>;
}

export type ServiceHandler = (call: ServiceCall) => Promise<ServiceReply>;
/** By operationId of openapi/service.yaml. */
export type ServiceHandlers = Readonly<Record<string, ServiceHandler>>;

export const ok = (body: object): ServiceReply => ({ status: 200, body });
export const created = (location: string, body: object): ServiceReply => ({
  status: 201,
  headers: { location },
  body,
});
