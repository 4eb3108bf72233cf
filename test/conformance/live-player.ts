import { randomUUID } from 'node:crypto';
import type { Report } from '../../sandbox/conformance/report.ts';
import { fill } from '../../sandbox/scenario-values.ts';
import { openAddress } from './live-address.ts';
import { type LiveBox, openLive, type Stage } from './live-box.ts';
import type { LiveCase, Play } from './live-case.ts';
import type { MovedClock } from './live-clock.ts';
import { asHl7, asHttp, asToken, type Left } from './live-requests.ts';

interface Acting extends Stage {
  readonly clock: MovedClock;
}

/** Names for what has to be new each time. */
const newIds = () => Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, randomUUID()]));

/** A request, and how long it takes, or that there is no answer to it, as the step wants it. */
const ask = async ({ clock }: Acting, live: LiveBox, one: LiveCase, step: Play): Promise<Left> => {
  const { to = live.main, took = 0, noReply } = step;
  const before = noReply === 'gone' ? await live.exchanges() : 0;
  if (step.kind === 'mllp') {
    const outcome = await asHl7(live.box, to, step);
    if (noReply === 'gone') await live.isRecorded(before);
    return outcome;
  }
  const leaving = new AbortController();
  const reply = asHttp(live.box, live.titleOf(step.as ?? one.participant), { ...step, to }, leaving.signal);
  if (noReply === 'dropped') {
    const answered = await reply.catch((): Left => ({}));
    if (answered.status === undefined) return answered;
    throw new Error(`It was answered ${answered.status}, and should not have been`);
  }
  if (took === 0 && noReply === undefined) return reply;
  const outcome = reply.catch((): Left => ({}));
  await live.hasCome();
  await clock.pass(took, async () => {
    if (noReply === 'gone') leaving.abort();
    await outcome;
    if (noReply === 'gone') await live.isRecorded(before);
  });
  return outcome;
};

const take = async (acting: Acting, live: LiveBox, one: LiveCase, step: Play): Promise<Left> => {
  const { fault, to = live.main } = step;
  const ruled = live.rule(step);
  if (ruled !== undefined) {
    await ruled;
    return {};
  }
  if (step.token !== undefined) return asToken(await live.shown(''), one.participant, acting.supplier, step.token);
  if (fault !== undefined) await live.setFaults([{ participant: to, times: 1, effect: fault }]);
  return ask(acting, live, one, step);
};

/** Plays a case in a sandbox of its own, in which its participant is somebody else's system, and has the service judge it. */
export const playLive = async (acting: Acting, one: LiveCase): Promise<Report> => {
  const address = await openAddress();
  const live = await openLive(acting, one, address);
  const left: Record<string, unknown> = { ids: newIds(), url: address.url, heard: address.heard };
  try {
    for (const [name, written] of Object.entries(one.play)) {
      acting.clock.move(written.after ?? 0);
      // What its address answers is filled when something came.
      const step = written.answers === undefined ? (fill(written, left) as Play) : written;
      const outcome = await take(acting, live, one, step);
      left[name] = outcome;
      if (step.status !== undefined && outcome.status !== step.status)
        throw new Error(`${name} was answered ${outcome.status}, not ${step.status}: ${JSON.stringify(outcome.body)}`);
    }
    return await live.judge();
  } finally {
    await live.close();
    await address.close();
  }
};
