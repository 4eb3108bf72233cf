import { createCtx } from '../../sandbox/context.ts';
import { ctxWith } from '../../sandbox/ctx-with.ts';
import { findParticipant } from '../../sandbox/participants.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { CONFLICT, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { type Actor, controlledRun, titleOf } from './control.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

/** The context of one act, which also remembers the exchanges that it sets off. */
const noting = (ctx: Ctx, exchanges: string[]): Ctx =>
  ctxWith(ctx, {
    send: async (to, request) => {
      const reply = await ctx.send(to, request);
      exchanges.push(reply.exchange);
      return reply;
    },
  });

const findAct = (acts: Readonly<Record<string, Act>>, id: string, participant: string, dialect: string): Act => {
  const act = Object.hasOwn(acts, id) ? acts[id] : undefined;
  const speaks = ({ dialects }: Act): boolean => dialects?.includes(dialect) ?? true;
  if (act !== undefined && speaks(act)) return act;
  const known = Object.keys(acts).filter((name) => acts[name] !== undefined && speaks(acts[name]));
  const there = known.length === 0 ? 'it has none' : `there are ${known.join(', ')}`;
  const elsewhere = act?.dialects === undefined ? '' : ` in the dialect ${dialect}, only in ${act.dialects.join(', ')}`;
  throw problem(NOT_FOUND, `${participant} has no act ${id}${elsewhere}; ${there}`);
};

/** Which participant is to do what. */
export interface ActRequest {
  readonly sandbox: string;
  readonly participant: string;
  readonly act: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Tells a simulated participant to act now, and waits until it has. Returns ActResult of openapi/service.yaml. Throws
 * NOT_FOUND for a participant or act that is not there, CONFLICT where the seat is not simulated, BAD_REQUEST for input
 * that its schema refuses, and whatever the act itself throws.
 */
export const runAct = async ({ host, checkInput }: Surroundings, actor: Actor, request: ActRequest) => {
  const sandbox = await openSandbox(host, request.sandbox);
  const pattern = await host.pattern(sandbox.row.pattern);
  const participant = findParticipant(sandbox, request.participant);
  if (participant === undefined) throw problem(NOT_FOUND, `There is no participant ${request.participant}`);
  const { name, mode } = participant;
  const act = findAct(pattern.app.acts?.[name] ?? {}, request.act, name, sandbox.row.dialect);
  if (mode !== 'simulated')
    throw problem(CONFLICT, `${name} is ${mode}; only a simulated participant can be told to act`);
  await checkInput(act, request.input);
  const { dialect } = await pattern.dialect(sandbox.row.dialect);
  const exchanges: string[] = [];
  const ctx = createCtx(host, sandbox, participant, dialect, {
    cause: () => ['act', request.act, JSON.stringify(request.input)],
  });
  const action = {
    operation: request.act,
    to: name,
    summary: `${titleOf(pattern, name)}: ${act.title}`,
    input: request.input,
  };
  return controlledRun(host, sandbox, actor, action, async () => {
    const result = await act.run(request.input, noting(ctx, exchanges));
    return { result: result ?? null, exchanges };
  });
};
