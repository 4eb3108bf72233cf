import type { Report } from './report-types.ts';

/** ConformanceRequest of openapi/service.yaml. */
export interface RunRequest {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly minLevel: 'SHALL' | 'SHOULD';
}

/** ConformanceProgress. */
export interface Progress {
  readonly percent: number;
  readonly requests: number;
  readonly step: string;
  readonly check?: { readonly id: string; readonly requirement: string; readonly title: string };
}

/** ConformanceJob. */
export interface Job {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'failed' | 'cancelled';
  readonly pattern?: string;
  readonly dialect?: string;
  readonly target?: string;
  readonly progress?: Progress;
  readonly report?: Report;
  readonly error?: string;
}
