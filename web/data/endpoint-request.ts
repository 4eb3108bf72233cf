/** EndpointRequest of openapi/service.yaml: in texts `{uuid}` stands for a fresh one. */
export interface EndpointRequest {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly version?: { readonly path: string; readonly from: string; readonly as: string };
}

/** EndpointMessage of openapi/service.yaml: in segments `{now}` stands for the time of the sandbox. */
export interface EndpointMessage {
  readonly title: string;
  readonly type: string;
  readonly accept?: string;
  readonly application?: string;
  readonly segments: readonly string[];
}
