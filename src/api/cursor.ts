import { INVALID_PARAMETER, problem } from '../../sandbox/problem.ts';

/** A cursor of the journal; its beginning where none is given. */
export const cursorOf = (text: string | undefined, at: string): number => {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,15}$/.test(text)) throw problem(INVALID_PARAMETER, 'This is not a cursor that the journal gave', { at });
  return Number(text);
};
