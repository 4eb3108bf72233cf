import { fail, type Judgement, pass, skip } from './check.ts';
import { at, type Evidence, json, type Observation, on } from './evidence.ts';

const pathOf = (url: string): string => new URL(url, 'http://target.invalid').pathname;
const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the record held, as an answer or a change that was taken said last before that step. */
const heldBefore = ({ observations }: Evidence, refused: Observation): unknown => {
  const path = pathOf(refused.request.url);
  const tail = path.split('/').slice(-2).join('/');
  return observations
    .slice(
      0,
      observations.findIndex(({ step }) => step === refused.step),
    )
    .map(({ request, reply }) => {
      if (reply === undefined || reply.status >= 300) return undefined;
      const isMade = request.method === 'POST' && `${reply.headers.location ?? ''}/`.includes(`/${tail}/`);
      if (pathOf(request.url) !== path && !isMade) return undefined;
      if (request.method === 'GET') return json({ reply });
      return request.method === 'PUT' || isMade ? parsed(request.body) : undefined;
    })
    .findLast(isRecord);
};

/** Of the server's own making, or what the address says. */
const NOT_CONTENT = ['resourceType', 'id', 'meta', 'text'];
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** After a refusal the record is as it was: nothing of what the refused request would have changed is there. */
export const keptOut = (evidence: Evidence, refused: string, after: string): Judgement =>
  on(evidence, refused, (one) =>
    on(evidence, after, (now) => {
      if (now.reply.status !== 200)
        return skip(`not observed: the record could not be read again (${now.reply.status})`);
      const [held, asked] = [heldBefore(evidence, one), parsed(one.request.body)];
      if (!isRecord(held) || !isRecord(asked))
        return skip(`not observed: what ${refused} would have changed is not known`);
      const changes = Object.keys(asked).filter((key) => !NOT_CONTENT.includes(key) && !same(held[key], asked[key]));
      if (changes.length === 0) return skip(`not observed: ${refused} would have changed nothing`);
      const done = changes.find((key) => same(at(json(now), key), asked[key]));
      return done === undefined
        ? pass
        : fail(`The record was changed all the same: ${done} is now ${JSON.stringify(asked[done])}.`, refused, after);
    }),
  );
