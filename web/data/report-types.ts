import type { Fault } from './sandbox-types.ts';

/** ConformanceReport of openapi/service.yaml, as far as the console reads it. */
export type Verdict = 'pass' | 'fail' | 'error' | 'skip' | 'omit';

export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly message: string;
  /** The ids of the exchanges that it rests on. */
  readonly steps: readonly string[];
  readonly stimulus?: { readonly todo: string; readonly fault?: Fault };
}

export interface RequirementResult {
  readonly id: string;
  readonly level: 'SHALL' | 'SHOULD';
  readonly statement: string;
  readonly source: string;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  readonly why?: string;
}

export interface ReportedExchange {
  readonly step: string;
  readonly request: { readonly method?: string; readonly url?: string };
  readonly reply?: { readonly status?: number };
}

export interface Report {
  readonly participant?: string;
  readonly startedAt: string;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly requirements: readonly RequirementResult[];
  readonly exchanges: readonly ReportedExchange[];
  readonly notice: string;
}
