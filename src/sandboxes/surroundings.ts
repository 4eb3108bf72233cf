import type { Host } from '../../sandbox/http/host.ts';
import type { MessageEngine } from '../../sandbox/messages/engine.ts';
import type { Scenario } from '../../sandbox/scenario-shape.ts';
import type { TimerEngine } from '../../sandbox/timers.ts';
import type { CheckInput } from './act-input.ts';
import type { Signals } from './signals.ts';
import type { Templates } from './templates.ts';

/** What the operations on sandboxes need of their surroundings; built once, where the service starts. */
export interface Surroundings {
  readonly host: Host;
  readonly templates: Templates;
  readonly signals: Signals;
  readonly checkInput: CheckInput;
  readonly timers: Pick<TimerEngine, 'advance' | 'setSpeed'>;
  readonly messages: Pick<MessageEngine, 'seatChanged' | 'tendOutside' | 'settled'>;
  /** The lessons of a pattern. */
  scenarios(pattern: string): Promise<readonly Scenario[]>;
  /** Synthetic people that a seed makes, besides the well-known examples. */
  readonly people: number;
  /** Real milliseconds that a sandbox lives unless its request says otherwise. */
  readonly ttl: number;
  /** Looks for something to sweep now. */
  sweepSoon(): void;
}
