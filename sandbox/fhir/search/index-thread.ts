// The program of the thread that indexes: see catch-up.ts.
import { serveBeside } from '../../sql/beside-thread.ts';
import { indexNext, THREAD_PIECE, THREAD_SLICE } from './index-next.ts';

/** Pieces in one transaction, until nothing is left or somebody waits for its end. */
serveBeside(async (tx, space, isAwaited) => {
  let done = 0;
  while (done < THREAD_SLICE) {
    const size = await indexNext(tx, space, THREAD_PIECE);
    done += size;
    if (size < THREAD_PIECE || isAwaited()) break;
  }
  return done;
});
