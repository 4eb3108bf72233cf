import type { Fault } from './sandbox-types.ts';

/** ConformanceReport of openapi/service.yaml, as far as the pages read it. */
export type Verdict = 'pass' | 'fail' | 'error' | 'skip' | 'omit';

/** A failure that may stand for now. */
export interface Waived {
  readonly reason: string;
  readonly expires: string;
}

export interface Share {
  readonly percent?: number;
  readonly means: string;
}

export type Standing = Verdict | 'waived';

export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly message: string;
  /** The ids of the exchanges that it rests on. */
  readonly steps: readonly string[];
  readonly waived?: Waived;
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
  readonly waived?: Waived;
}

export interface ReportedExchange {
  readonly step: string;
  readonly request: { readonly method?: string; readonly url?: string };
  readonly reply?: { readonly status?: number };
}

export interface Report {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
  readonly exitCode: number;
  readonly index: Share;
  readonly score: Share;
  readonly participant?: string;
  readonly startedAt: string;
  readonly counts: Readonly<Record<Standing, number>>;
  readonly requirements: readonly RequirementResult[];
  readonly exchanges: readonly ReportedExchange[];
  readonly notice: string;
}
