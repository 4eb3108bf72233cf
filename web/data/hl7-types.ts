/** As openapi/service.yaml has them: Hl7ToFhir and Hl7FromFhir. */
export interface Hl7ToFhir {
  readonly bundle: unknown;
  readonly lineage: readonly {
    readonly entry?: number;
    readonly element: string;
    readonly from?: string;
  }[];
  readonly dropped: readonly { readonly from: string; readonly value: string; readonly reason: string }[];
  readonly removed: readonly { readonly from: string; readonly resourceType: string; readonly element: string }[];
}

export interface Hl7FromFhir {
  readonly message: string;
  readonly lineage: readonly { readonly to: string; readonly entry: number; readonly element: string }[];
  readonly dropped: readonly {
    readonly entry: number;
    readonly resourceType: string;
    readonly element: string;
    readonly value: string;
  }[];
}
