// The program of the thread that indexes: see catch-up.ts.
import { serveBeside } from '../../sql/beside-thread.ts';
import { indexNext, THREAD_SLICE } from './index-next.ts';

serveBeside((tx, space) => indexNext(tx, space, THREAD_SLICE));
