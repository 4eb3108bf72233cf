import { judgedRepository } from '../judged-repository.ts';

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat = judgedRepository;
