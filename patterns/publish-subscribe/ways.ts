import type { Ctx } from '../../sandbox/pattern.ts';
import { type Ways, waysOf } from '../../sandbox/ways.ts';
import { moved, publishChange } from './publishing.ts';

export interface NewsWays {
  /** Who holds the records, and what is asked of them with beside Accept. */
  readonly source: 'broker' | 'publisher';
  askingHeaders(ctx: Ctx): Readonly<Record<string, string>>;
  /** How the publisher says what happened to somebody. */
  changeAddress(ctx: Ctx, number: string, postcode: string): Promise<unknown>;
  reportDeath(ctx: Ctx, number: string, deceasedDateTime: string): Promise<unknown>;
}

/** In FHIR the broker watches the records that it has. */
export const ways: Ways<NewsWays> = waysOf<NewsWays>({
  source: 'broker',
  askingHeaders: () => ({}),
  changeAddress: (ctx, number, postcode) => publishChange(ctx, `Patient/${number}`, moved(postcode)),
  reportDeath: (ctx, number, deceasedDateTime) =>
    publishChange(ctx, `Patient/${number}`, (before) => ({ ...before, deceasedDateTime })),
});
