import { nhsNumberOf } from '../../sandbox/dialects/imms-record.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Contribution } from './provenance.ts';
import { subscriptionsTo } from './subscriptions.ts';

export interface Announced extends Contribution {
  /** What was written, or what was before it was deleted. */
  readonly resource: FhirResource | undefined;
  readonly kind: string;
}

/** CloudEvents 1.0, and what MNS adds to it. */
export interface AvailabilityEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly dataref: string;
  readonly filtering: Readonly<Record<string, string>>;
}

/** As MNS carries events of these APIs; the FHIR one is ours, and has no person's number. */
const wordsOf = (ctx: Ctx, { type, id, kind, action, organisation, resource }: Announced) => {
  const byWhom = organisation.identifier?.value ?? organisation.title;
  if (ctx.dialect.id === 'imms') {
    const number = nhsNumberOf(resource);
    return {
      source: 'uk.nhs.vaccinations-data-flow-management',
      type: 'imms-vaccination-record-change-1',
      ...(number === undefined ? {} : { subject: number }),
      filtering: {
        immunisationtype: kind,
        sourceorganisation: byWhom,
        action: action === 'reinstate' ? 'UPDATE' : action.toUpperCase(),
      },
    };
  }
  if (ctx.dialect.id === 'pds')
    return {
      source: 'uk.nhs.personal-demographics-service',
      type: 'pds-record-change-2',
      subject: id,
      filtering: { nhsnumber: id },
    };
  return {
    source: `${ctx.baseOf('repository') ?? ''}/FHIR/R4`,
    type: 'example.record-written-1',
    subject: `${type}/${id}`,
    filtering: { kind, action, sourceorganisation: byWhom },
  };
};

/** Tells everybody who asked for it that there is something new; of the record itself it holds nothing (SHR-11). */
export const announce = async (ctx: Ctx, tx: Tx, announced: Announced): Promise<void> => {
  const { kind, type, id } = announced;
  for (const { id: subscription, subscriber, channel } of await subscriptionsTo(ctx, tx, kind)) {
    const event: AvailabilityEvent = {
      specversion: '1.0',
      id: ctx.uuid(),
      time: new Date(ctx.now()).toISOString(),
      dataref: `${ctx.baseOf('repository') ?? ''}/FHIR/R4/${type}/${id}`,
      ...wordsOf(ctx, announced),
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
