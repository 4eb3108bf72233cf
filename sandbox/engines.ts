import { openBroker } from './broker/open.ts';
import type { Broker } from './broker/port.ts';
import type { Host } from './http/host.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createMessageEngine, type MessageEngine } from './messages/engine.ts';
import type { PatternApp } from './pattern.ts';
import { fireTimers } from './timer-fire.ts';
import { createTimerEngine, type TimerEngine } from './timers.ts';

/** What moves in sandboxes by itself: messages, and time. */
export interface Engines {
  readonly broker: Broker;
  readonly messages: MessageEngine;
  readonly timers: TimerEngine;
  /** Both move from now on; resolves when it is known whether the broker is there, and does not wait until it is. */
  start(): Promise<void>;
}

export interface EngineOptions {
  readonly brokerUrl: string;
  readonly brokerManagementUrl?: string;
  /** The patterns whose consumers run, by id. */
  readonly apps: ReadonlyMap<string, PatternApp>;
}

/** Real milliseconds. */
const FIRST_WORD_MS = 2_000;

/** Resolves when the broker is there, or has said why it is not; it may also say nothing for a long time. */
const firstWord = (broker: Broker): Promise<void> =>
  new Promise((resolve) => {
    if (broker.state().up) return resolve();
    const heard = (): void => {
      clearTimeout(patience);
      forget();
      resolve();
    };
    const patience = setTimeout(heard, FIRST_WORD_MS);
    const forget = broker.onState(heard);
  });

/** Opens the broker and makes both engines; timers stop first, so that they can wait for the messages that they set off. */
export const openEngines = async (host: Host, life: Lifecycle, options: EngineOptions): Promise<Engines> => {
  const { brokerUrl, brokerManagementUrl: managementUrl, apps } = options;
  const brokerOptions = managementUrl === undefined ? {} : { managementUrl };
  const broker = await life.use('the broker', openBroker(brokerUrl, brokerOptions));
  let away = false;
  broker.onState((state) => {
    if (!state.up) host.log.warn({ reason: state.reason }, 'The broker is not there');
    else if (away) host.log.warn({}, 'The broker is there again');
    away = !state.up;
  });
  const forgetful = brokerUrl.toLowerCase() === 'local:';
  const messages = await life.use('the messages', createMessageEngine({ host, broker, apps, forgetful }));
  const { sql, journal, log } = host;
  const { settled } = messages;
  const timers = await life.use(
    'the timers',
    createTimerEngine({ sql, journal, fire: fireTimers(host), real: host.now, settled, log }),
  );
  return {
    broker,
    messages,
    timers,
    async start() {
      await messages.start();
      timers.start();
      await firstWord(broker);
    },
  };
};
