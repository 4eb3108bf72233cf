/** The FHIR R4 (4.0.1) definitions in the form that validation and search read: `definitions.json.gz`, written by build.ts. */
export interface Definitions {
  /** Concrete resource types, sorted. The place in this list is part of stored keys (space.ts): it never changes. */
  readonly resources: readonly string[];
  /** By name: data types, resources, and the nested elements under their path (`Patient.contact`). */
  readonly types: Readonly<Record<string, TypeDefinition>>;
  /** Value sets of required bindings that the standard lists completely: url → code system → codes. */
  readonly codes: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** By resource type; what holds for all types is under `Resource`. */
  readonly search: Readonly<Record<string, readonly SearchDefinition[]>>;
  /** Every code of a search parameter, sorted; its place is part of stored keys. */
  readonly parameters: readonly string[];
  /** By the type that a compartment is named after: its members' types, each with the parameters that make one a member. */
  readonly compartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface TypeDefinition {
  readonly elements: readonly ElementDefinition[];
  readonly invariants?: readonly Invariant[];
}

export interface ElementDefinition {
  /** Without `[x]`. */
  readonly name: string;
  readonly min: number;
  /** -1 for `*`. */
  readonly max: number;
  readonly choice?: true;
  readonly summary?: true;
  readonly types: readonly string[];
  /** Resource types that a Reference here may point to; absent where any may be. */
  readonly targets?: readonly string[];
  /** Url of a value set in `codes`, where the binding is required. */
  readonly binding?: string;
  /** Rules of this element alone, beside those of its type. */
  readonly invariants?: readonly Invariant[];
}

/** A rule of the standard in FHIRPath, of severity error. */
export interface Invariant {
  readonly key: string;
  readonly human: string;
  readonly expression: string;
}

export type SearchType =
  | 'string'
  | 'token'
  | 'date'
  | 'reference'
  | 'number'
  | 'quantity'
  | 'uri'
  | 'composite'
  | 'special';

export interface SearchDefinition {
  readonly code: string;
  readonly type: SearchType;
  /** Canonical url of the SearchParameter. */
  readonly url: string;
  /** FHIRPath, only the branches that start at this resource type. */
  readonly expression: string;
  readonly targets?: readonly string[];
  readonly components?: readonly { readonly code: string; readonly expression: string }[];
}
