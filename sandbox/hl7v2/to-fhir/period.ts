import type { Json } from './element.ts';

const isTime = (text: string): boolean => text.includes('T');

/** Of two times as instants, whatever their zones; of dates by their letters, as far as both are precise. */
export const endsBeforeStart = ({ start, end }: Json): boolean => {
  if (typeof start !== 'string' || typeof end !== 'string') return false;
  return isTime(start) && isTime(end)
    ? Date.parse(end) < Date.parse(start)
    : end.slice(0, start.length) < start.slice(0, end.length);
};
