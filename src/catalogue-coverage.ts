import { type Check, readsJournal } from '../sandbox/conformance/check.ts';
import { levelIn, notTestedAs, type Requirement, type Side, sidesOf } from '../sandbox/conformance/requirement.ts';
import { isRecord } from './catalogue-manifest.ts';

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** What is wrong with the form of a check: it crosses a dynamic import, where tsc saw nothing. */
export const faultsOfForm = (value: unknown): readonly string[] => {
  if (!isRecord(value)) return ['a check is no object'];
  const { id, requirements, level, title, failure, reads, stimulus, judge } = value;
  const name = `check ${String(id)}`;
  return [
    ...(isText(id) && /^[a-z0-9]+(-[a-z0-9]+)+$/.test(String(id)) ? [] : [`${name} has no id like rrs-01-what`]),
    ...(Array.isArray(requirements) && requirements.length > 0 ? [] : [`${name} names no requirement`]),
    ...(level === undefined || level === 'SHALL' || level === 'SHOULD'
      ? []
      : [`${name} has the level ${String(level)}`]),
    ...(isText(title) && isText(failure) ? [] : [`${name} lacks its title or what it says where it fails`]),
    ...(reads === undefined || reads === 'target' || reads === 'journal' ? [] : [`${name} reads ${String(reads)}`]),
    ...(reads !== 'journal' || (isRecord(stimulus) && isText(stimulus.todo))
      ? []
      : [`${name} names no stimulus that would make it observable`]),
    ...(typeof judge === 'function' ? [] : [`${name} does not judge`]),
  ];
};

const strays = (check: Check, known: ReadonlyMap<string, Requirement>): readonly string[] =>
  check.requirements.flatMap((name) => {
    const requirement = known.get(name);
    if (requirement === undefined) return [`check ${check.id} names ${name}, which is no requirement`];
    if (requirement.role === 'initiator' && !readsJournal(check))
      return [`check ${check.id} reads a target, but ${name} binds the initiator: it has to read the journal`];
    const bound = check.dialects?.some((dialect) => levelIn(requirement, dialect) !== undefined) ?? true;
    return bound ? [] : [`check ${check.id} is for dialects that ${name} does not bind`];
  });

/** Who starts an exchange shows in a journal; who answers shows when it is driven, or in a journal where it also asks. */
const covers = (check: Check, { id }: Requirement, side: Side, both: boolean): boolean =>
  check.requirements.includes(id) && (readsJournal(check) ? side === 'initiator' || !both : side === 'responder');

const bare = (requirement: Requirement, checks: readonly Check[]): readonly string[] => {
  const sides = sidesOf(requirement);
  return sides.flatMap((side) => {
    const checked = checks.some((check) => covers(check, requirement, side, sides.length > 1));
    const reason = notTestedAs(requirement, side);
    if (checked && reason !== undefined)
      return [`${requirement.id} has a check, and a reason why it has none (as ${side})`];
    return checked || reason !== undefined
      ? []
      : [`${requirement.id} has neither a check nor a reason why it has none (as ${side})`];
  });
};

/**
 * Coverage, both ways: every check names requirements that are there and that what it reads can show; every requirement
 * has, for each role that it binds, a check or a reason why it has none.
 */
export const faultsOfCoverage = (requirements: readonly Requirement[], checks: readonly Check[]): readonly string[] => {
  const known = new Map(requirements.map((requirement) => [requirement.id, requirement]));
  const ids = checks.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [
    ...checks.flatMap((check) => strays(check, known)),
    ...twice.map((id) => `two checks are called ${id}`),
    ...requirements.flatMap((requirement) => bare(requirement, checks)),
  ];
};
