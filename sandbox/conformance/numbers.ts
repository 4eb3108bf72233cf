import type { RequirementResult } from './judge.ts';
import type { Level, Side } from './requirement.ts';

/** A part of a whole, as weighed requirements, in words and as a whole percentage, rounded down: 100 means all of it. */
export interface Share {
  /** Absent where there is nothing that it would be a part of. */
  readonly percent?: number;
  readonly weight: number;
  readonly of: number;
  readonly means: string;
}

export interface Numbers {
  /** How much of what binds the judged side this run could judge. */
  readonly index: Share;
  /** How much of what was judged passed. */
  readonly score: Share;
}

const WEIGHT: Readonly<Record<Level, number>> = { SHALL: 3, SHOULD: 1 };

/** Whether a failure at this level counts where only those of at least `minLevel` do. */
export const countsAt = (minLevel: Level, level: Level): boolean => minLevel === 'SHOULD' || level === 'SHALL';

const round = (value: number): number => Math.round(value * 100) / 100;

const share = (weight: number, of: number, means: string): Share => ({
  // What is one in binary fractions may be a hair below it.
  ...(of === 0 ? {} : { percent: Math.floor((weight / of) * 100 + 1e-9) }),
  weight: round(weight),
  of: round(of),
  means,
});

/** What part of a requirement was judged: of its checks that apply, those that passed or failed. */
const judgedPart = ({ checks }: RequirementResult): number => {
  const applying = checks.filter(({ verdict }) => verdict !== 'omit');
  const judged = applying.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  return applying.length === 0 ? 0 : judged.length / applying.length;
};

/** Whether it is asked of the side that is judged; one of which every check says that it does not apply is asked of nobody. */
const isAsked = ({ role, checks }: RequirementResult, side: Side): boolean =>
  checks.length === 0 ? role === 'both' || role === side : checks.some(({ verdict }) => verdict !== 'omit');

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The two numbers of a run. A waived failure has failed: a waiver changes what a run ends with, not what was found. */
export const numbersOf = (results: readonly RequirementResult[], side: Side, minLevel: Level): Numbers => {
  const asked = results.filter((result) => countsAt(minLevel, result.level) && isAsked(result, side));
  const weightOf = (result: RequirementResult): number => WEIGHT[result.level] * judgedPart(result);
  const whole = sum(asked.map(({ level }) => WEIGHT[level]));
  const judged = sum(asked.map(weightOf));
  const passed = sum(asked.filter(({ verdict }) => verdict === 'pass').map(weightOf));
  const seen = asked.filter((result) => judgedPart(result) > 0).length;
  const which = minLevel === 'SHALL' ? 'requirements of level SHALL' : 'requirements';
  return {
    index: share(
      judged,
      whole,
      `of the ${asked.length} ${which} asked of ${side === 'initiator' ? 'an initiator' : 'a responder'} here, how much this run could judge: ${seen}, some perhaps in part. SHALL weighs 3, SHOULD 1.`,
    ),
    score: share(
      passed,
      judged,
      'of what was judged, how much passed, weighed likewise. A requirement that one check finds broken has failed as a whole, waived or not.',
    ),
  };
};

/** `Index 62 %`, or that there is none. */
export const shareText = (name: string, { percent }: Share): string =>
  percent === undefined ? `${name}: none` : `${name} ${percent} %`;
