import type { Handler } from '../../../sandbox/pattern.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { council, further, pupilExamples } from '../people-without-numbers.ts';
import { registryHandlers } from '../registry.ts';
import { repositoryHandlers } from '../repository.ts';
import { ways } from '../ways.ts';

/** One operation may mean another thing at the registry than at a repository: which it is, the participant says. */
const byParticipant =
  (name: string): Handler =>
  (call, ctx) => {
    const handler = (ctx.participant.name === 'registry' ? registryHandlers : repositoryHandlers)[name];
    if (handler === undefined) throw new Error(`${ctx.participant.name} offers no ${name}`);
    return handler(call, ctx);
  };

const names = new Set([...Object.keys(registryHandlers), ...Object.keys(repositoryHandlers)]);

/** FHIR's own interactions at both; and who has no number of the NHS takes part. */
export const part: PatternPart = {
  handlers: Object.fromEntries([...names].map((name) => [name, byParticipant(name)])),
  examples: pupilExamples,
  ways: ways.own({ council, further }),
};
