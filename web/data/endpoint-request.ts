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
