import { existsSync } from 'node:fs';
import { hl7Requirements } from '../../sandbox/conformance/hl7-requirements.ts';
import { levelIn } from '../../sandbox/conformance/requirement.ts';
import { sharedRequirements } from '../../sandbox/conformance/shared-requirements.ts';
import { CODE } from '../../sandbox/found-by-name.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import { unusedIn } from '../catalogue-unused.ts';
import type { Facts } from '../scaffold/ask.ts';

/** What a project of a pattern says of it. Throws NOT_FOUND, or CONFLICT for what cannot be run or is not spoken. */
export const factsFor = async (catalogue: Catalogue, pattern: string, dialect: string | undefined): Promise<Facts> => {
  const { title, summary } = await catalogue.manifest(pattern);
  const dialects = (await catalogue.dialects(pattern)).map(({ id }) => id);
  if (dialects.length === 0) throw problem(CONFLICT, `${pattern} cannot be run yet, so there is no project of it`);
  if (dialect !== undefined && !dialects.includes(dialect))
    throw problem(CONFLICT, `${pattern} is not spoken in the dialect ${dialect}; there are ${dialects.join(', ')}`, {
      at: 'dialect',
    });
  const spoken = dialect === undefined ? dialects : [dialect];
  const judged = spoken.filter((name) =>
    existsSync(new URL(`patterns/${pattern}/own-seats/${name}${CODE}`, catalogue.root)),
  );
  const { hl7v2 } = await catalogue.app(pattern);
  const overMllp = spoken.filter((name) => (hl7v2?.participantsIn(name).length ?? 0) > 0);
  const own = [...(await sharedRequirements()), ...(await catalogue.requirements(pattern))];
  const binding = [
    ...own.filter((one) => one.dialects === undefined || one.dialects.some((name) => spoken.includes(name))),
    ...(await hl7Requirements()).filter(({ dialects: bound = overMllp }) =>
      bound.some((name) => overMllp.includes(name)),
    ),
  ];
  const requirements = binding.map((one) => ({
    ...one,
    level: (dialect === undefined ? undefined : levelIn(one, dialect)) ?? one.level,
  }));
  const unused = dialect === undefined ? [] : await unusedIn(catalogue, pattern, spoken);
  return { title, summary, dialects, spoken, judged, overMllp: overMllp.length > 0, requirements, unused };
};
