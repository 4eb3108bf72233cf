import { pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';

const SHOWN = 10;
export const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);

/** `Patient/1` of a request on one record, and undefined for anything else: a search, a conditional update. */
export const recordOf = (exchange: SeenExchange): string | undefined =>
  /^\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\?|$)/.exec(pathOf(exchange))?.[1];
