import { judgedAt } from '../judged-registry.ts';

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat = judgedAt('record-locator');
