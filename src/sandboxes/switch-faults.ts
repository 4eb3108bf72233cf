import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import { type FaultRule, loadFaults, type NewFault, replaceFaults } from '../../sandbox/faults.ts';
import { BAD_REQUEST, type Fault, ProblemError } from '../../sandbox/problem.ts';
import { type Actor, controlled } from './control.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

/** The faults of a sandbox, in the order in which they were given; a spent one has 0 times left and is not shown. */
export const listFaults = async ({ host }: Surroundings, id: string): Promise<readonly FaultRule[]> => {
  const sandbox = await openSandbox(host, id);
  return (await loadFaults(host.sql, sandbox.row.serial)).filter(({ times }) => times !== 0);
};

const membersOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

/** The operationIds of a contract, without compiling it. */
const operationsOf = ({ paths }: OpenApiDocument): readonly string[] =>
  membersOf(paths)
    .flatMap(membersOf)
    .flatMap((operation) =>
      typeof operation === 'object' &&
      operation !== null &&
      'operationId' in operation &&
      typeof operation.operationId === 'string'
        ? [operation.operationId]
        : [],
    );

/** What a pattern that receives HL7 v2 has besides the operations of its contract. */
const MESSAGE_TYPE = /^[A-Z]{3}(?:\^[A-Z0-9]{3})?$/;

/** Every place where a rule names what is not there. */
const mistakesIn = (
  rules: readonly NewFault[],
  participants: readonly string[],
  operations: readonly string[],
  known: (operation: string) => boolean,
  answering: readonly string[],
): readonly Fault[] => {
  const ids = rules.map(({ id }, index) => id ?? `fault-${index + 1}`);
  return rules.flatMap((rule, index) => {
    const at = `/items/${index}`;
    const { operation } = rule;
    return [
      ...(participants.includes(rule.participant)
        ? []
        : [{ detail: `${rule.participant} serves nothing; ${participants.join(', ')} do`, at: `${at}/participant` }]),
      ...(operation === undefined || known(operation)
        ? []
        : [
            { detail: `There is no operation ${operation}; there are ${operations.join(', ')}`, at: `${at}/operation` },
          ]),
      ...(rule.effect.kind !== 'message' ||
      rule.effect.as !== 'uncorrelated' ||
      (operation === undefined ? answering.length > 0 : answering.includes(operation))
        ? []
        : [
            {
              detail: `Nothing that it carries answers anything; ${answering.length === 0 ? 'nor does anything else here' : `${answering.join(', ')} do`}`,
              at: `${at}/effect/as`,
            },
          ]),
      ...(ids.indexOf(ids[index] ?? '') === index
        ? []
        : [{ detail: `Two faults have the id ${ids[index]}`, at: `${at}/id` }]),
    ];
  });
};

/** Replaces all faults; none of them switches all off. Throws BAD_REQUEST with each place. */
export const setFaults = async (
  { host }: Surroundings,
  actor: Actor,
  id: string,
  rules: readonly NewFault[],
): Promise<readonly FaultRule[]> => {
  const sandbox = await openSandbox(host, id);
  const { row } = sandbox;
  const pattern = await host.pattern(row.pattern);
  const { contract = pattern.contract } = await pattern.dialect(row.dialect);
  const operations = operationsOf(contract);
  const serving = pattern.manifest.participants.filter(({ serves }) => serves).map(({ name }) => name);
  const { hl7v2, consumers = {} } = pattern.app;
  const queued = Object.values(consumers).map(({ participant }) => participant);
  const receiving = [...new Set([...serving, ...(hl7v2?.participantsIn(row.dialect) ?? []), ...queued])];
  const known = (operation: string): boolean =>
    operations.includes(operation) ||
    Object.hasOwn(consumers, operation) ||
    (hl7v2 !== undefined && MESSAGE_TYPE.test(operation));
  const answering = Object.entries(consumers).flatMap(([name, { lesson }]) => (lesson?.uncorrelated ? [name] : []));
  const mistakes = mistakesIn(rules, receiving, operations, known, answering);
  if (mistakes.length > 0) throw new ProblemError(BAD_REQUEST, mistakes);
  const summary = rules.length === 0 ? 'All faults are switched off' : `Faults switched on: ${rules.length}`;
  const action = { operation: 'setFaults', to: 'fingerpost', summary, input: { items: rules } };
  await controlled(host, sandbox, actor, action, (tx) => replaceFaults(tx, row.serial, rules));
  return loadFaults(host.sql, row.serial);
};
