import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Contribution } from './provenance.ts';
import { subscriptionsTo } from './subscriptions.ts';
import { ways } from './ways.ts';

export interface Announced extends Contribution {
  /** What was written, or what was before it was deleted. */
  readonly resource: FhirResource | undefined;
  readonly kind: string;
}

/** What of an event depends on what was written. */
export interface Told {
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly filtering: Readonly<Record<string, string>>;
}

/** CloudEvents 1.0, with `dataref` and `filtering` as the national events have them. */
export interface AvailabilityEvent extends Told {
  readonly specversion: '1.0';
  readonly id: string;
  readonly time: string;
  readonly dataref: string;
}

/** Tells everybody who asked for it that there is something new; of the record itself it holds nothing (SHR-11). */
export const announce = async (ctx: Ctx, tx: Tx, announced: Announced): Promise<void> => {
  const { kind, type, id } = announced;
  for (const { id: subscription, subscriber, channel } of await subscriptionsTo(ctx, tx, kind)) {
    const event: AvailabilityEvent = {
      specversion: '1.0',
      id: ctx.uuid(),
      time: new Date(ctx.now()).toISOString(),
      dataref: `${ctx.baseOf('repository') ?? ''}/FHIR/R4/${type}/${id}`,
      ...ways.in(ctx).told(ctx, announced),
    };
    if (channel === 'queue')
      await ctx.enqueue(tx, {
        consumer: 'availability',
        to: subscriber,
        key: subscription,
        contentType: 'application/cloudevents+json',
        body: event,
      });
    else await ctx.enqueue(tx, { consumer: 'tell', key: subscription, body: { subscriber, event } });
  }
};
