import { BrokerError } from './error.ts';

/** What the work answers; rejects as unavailable where that takes longer. The work is not stopped, only no longer waited for. */
export const within = async <T>(milliseconds: number, server: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new BrokerError(
      'unavailable',
      `${server} was reached, and did not answer for ${milliseconds / 1000} s`,
    );
    timer = setTimeout(() => reject(error), milliseconds).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** For what is told twice, or too late for anybody: a client that emits as an error what it also rejects with. */
export const ignore = (): void => undefined;

const CLOSE_TIMEOUT_MS = 5_000;

/** The end of something, which a server that has gone or hangs must not hold up. */
export const politely = (ending: Promise<unknown>): Promise<unknown> =>
  within(CLOSE_TIMEOUT_MS, 'The broker', ending).catch(ignore);
