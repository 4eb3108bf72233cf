/** Messages of one sandbox that are with the broker at most, and those of one that has had more than its share. */
const SHARE = 64;
export const REDUCED = 4;
/** What a sandbox may have had beyond four times as much as the one that had least. */
const ALLOWANCE = 256;
/** What was served counts half after so many real milliseconds. */
const HALF_LIFE_MS = 5_000;
const FORGOTTEN = 1;
/** For so many messages of the others those who had more than their share get one, */
const FOR_OTHERS = 16;
/** and this many in a real second whatever the others do, who may only be waiting for systems of their own; */
const ANYWAY = 200;
/** of which they may save up so many. */
const SAVED_MAX = 64;

interface Service {
  served: number;
  at: number;
}

/**
 * Divides the broker between sandboxes. Each that has something ready gets its turn. One with a deep queue beside others
 * without, and one that was served much more than another of late, get by with a sixteenth: whoever sends little is hardly
 * slowed by whoever sends very much. `alone` is what one may have that is alone.
 */
export const createFairShare = (alone = SHARE) => {
  const services = new Map<number, Service>();
  let saved = 0;
  let savedAt = Number.NEGATIVE_INFINITY;
  const servedOf = (serial: number, real: number): number => {
    const service = services.get(serial);
    return service === undefined ? 0 : service.served * 2 ** (-Math.max(0, real - service.at) / HALF_LIFE_MS);
  };
  return {
    /** How many messages each of the sandboxes, of which some have deep queues, may have with the broker now. */
    shares(serials: readonly number[], deep: ReadonlySet<number>, real: number): Map<number, number> {
      if (serials.length === 1) return new Map(serials.map((serial) => [serial, alone]));
      const shallow = serials.filter((serial) => !deep.has(serial));
      const first = shallow.length > 0 ? shallow : serials;
      const limit = Math.min(...first.map((serial) => servedOf(serial, real))) * 4 + ALLOWANCE;
      const entitled = (serial: number): boolean => first.includes(serial) && servedOf(serial, real) <= limit;
      return new Map(serials.map((serial) => [serial, entitled(serial) ? SHARE : REDUCED]));
    },
    /**
     * How many messages those who get by with less may be sent now, all together, where the others are sent so many. What
     * is with the broker does not say it: where many are handled in the time of a few, few are soon as many.
     */
    left(others: number, real: number): number {
      const passed = Number.isFinite(savedAt) ? Math.max(0, real - savedAt) : 0;
      return Math.min(SAVED_MAX, saved + others / FOR_OTHERS + (passed * ANYWAY) / 1000);
    },
    /** What is left of it after this pass. */
    keep(left: number, real: number): void {
      saved = left;
      savedAt = real;
    },
    count(serial: number, messages: number, real: number): void {
      services.set(serial, { served: servedOf(serial, real) + messages, at: real });
    },
    /** Drops what no longer counts. */
    forget(real: number): void {
      for (const serial of services.keys()) if (servedOf(serial, real) < FORGOTTEN) services.delete(serial);
    },
  };
};
