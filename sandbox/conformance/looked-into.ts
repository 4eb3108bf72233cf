import type { Evidence, Observation } from './evidence.ts';

const INSIDE = new Set<string | symbol>(['request', 'reply', 'broken']);

const noting = (observation: Observation, seen: Set<string>): Observation =>
  new Proxy(observation, {
    get: (of, name) => {
      if (INSIDE.has(name)) seen.add(of.step);
      return Reflect.get(of, name);
    },
  });

/** The same evidence, and the steps that whoever reads it has looked into so far: what a judgement that names none rests on. */
export const lookedInto = (evidence: Evidence): { readonly evidence: Evidence; readonly seen: ReadonlySet<string> } => {
  const seen = new Set<string>();
  const { observations, received } = evidence;
  return {
    evidence: {
      ...evidence,
      observations: observations.map((one) => noting(one, seen)),
      received: received.map((one) => noting(one, seen)),
    },
    seen,
  };
};
