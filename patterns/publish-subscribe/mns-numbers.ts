import { judgeBareNumber, type NhsNumberFinding, numberOfReference } from '../../sandbox/nhs-number.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { problem, REAL_NHS_NUMBER } from '../../sandbox/problem.ts';
import { textOf } from './parts.ts';

/** Refuses what may name a real person; each value with where it stands. */
const refuseReal = (ctx: Ctx, values: readonly (readonly [value: string | undefined, at: string])[]): void => {
  const found = values.flatMap(([value, at]): NhsNumberFinding[] => {
    const finding = value === undefined ? undefined : judgeBareNumber(value, ctx.allowRealNhsNumbers, at);
    return finding === undefined ? [] : [finding];
  });
  if (found.length > 0)
    throw problem(
      REAL_NHS_NUMBER,
      found.map(({ fault }) => fault),
    );
};

/** An event says whom it is about: as its subject, as what it can be filtered by, and by where the record is. */
export const requireTestEvent = (ctx: Ctx, event: unknown): void =>
  refuseReal(ctx, [
    [textOf(event, 'subject'), '/subject'],
    [textOf(event, 'filtering', 'nhsnumber'), '/filtering/nhsnumber'],
    [numberOfReference(textOf(event, 'dataref') ?? ''), '/dataref'],
  ]);

export const requireTestCriteria = (ctx: Ctx, equals: Readonly<Record<string, string>>): void =>
  refuseReal(ctx, [[equals.nhsnumber, '/criteria']]);
