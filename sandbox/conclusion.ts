import type { Call, Reply } from './pattern.ts';

/** What is told to whoever asked once a transaction is committed, with nothing more to come. */
export interface Conclusion<T> {
  /** As the handler was given it. */
  readonly call: Call;
  /** The very reply that the handler will return. */
  reply(value: T): Reply;
}
