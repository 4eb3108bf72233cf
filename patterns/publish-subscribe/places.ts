import type { Ctx } from '../../sandbox/pattern.ts';
import { problem } from '../../sandbox/problem.ts';
import { UNSUPPORTED_SUBSCRIPTION } from './problems.ts';
import type { Place } from './subscriptions.ts';

/** Participants that may be told of events. */
export const SUBSCRIBERS = ['subscriber', 'other-subscriber'] as const;

/**
 * Where notifications to a URL go. Nothing leaves a sandbox but to one of its seats, so the URL is below a subscriber's base;
 * who has a system of their own gives the seat its address first.
 */
export const placeOf = (ctx: Ctx, endpoint: string, at: string): Place => {
  for (const participant of SUBSCRIBERS) {
    const base = ctx.baseOf(participant);
    if (base === undefined || !endpoint.startsWith(base)) continue;
    const path = endpoint.slice(base.length);
    if (path === '' || path.startsWith('/')) return { participant, path, endpoint };
  }
  const known = SUBSCRIBERS.map((name) => `${name} at ${ctx.baseOf(name) ?? 'an address that nobody has given'}`);
  throw problem(
    UNSUPPORTED_SUBSCRIPTION,
    `${endpoint} is below the address of no subscriber of this sandbox (${known.join(', ')})`,
    { at },
  );
};
