import { stringify } from 'yaml';
import type { Ask } from './ask.ts';

/** Of the engines that run beside it on this machine: a name for all, and a password that keeps nobody out. */
const NAME = 'integration';

const URLS = {
  sqlite: 'sqlite:./data/store.db',
  postgres: `postgres://${NAME}:${NAME}@127.0.0.1:5432/${NAME}`,
  local: 'local:',
  amqp: `amqp://${NAME}:${NAME}@127.0.0.1:5672`,
  redis: 'redis://127.0.0.1:6379',
} as const;

/** Every few seconds, until it is there: `docker compose up --wait` waits for it. */
const healthcheck = (...test: readonly string[]) => ({
  test: ['CMD', ...test],
  interval: '3s',
  timeout: '5s',
  retries: 20,
});

const SERVICES = {
  postgres: {
    image: 'postgres:17',
    environment: { POSTGRES_USER: NAME, POSTGRES_PASSWORD: NAME, POSTGRES_DB: NAME },
    ports: ['127.0.0.1:5432:5432'],
    healthcheck: healthcheck('pg_isready', '-h', '127.0.0.1', '-U', NAME, '-d', NAME),
  },
  amqp: {
    image: 'rabbitmq:4-management',
    environment: { RABBITMQ_DEFAULT_USER: NAME, RABBITMQ_DEFAULT_PASS: NAME },
    ports: ['127.0.0.1:5672:5672', '127.0.0.1:15672:15672'],
    healthcheck: healthcheck('rabbitmq-diagnostics', '-q', 'check_port_connectivity'),
  },
  redis: {
    image: 'redis:8',
    ports: ['127.0.0.1:6379:6379'],
    healthcheck: healthcheck('redis-cli', 'ping'),
  },
} as const;

export const usesEngines = ({ store, broker }: Ask): boolean => store !== 'sqlite' || broker !== 'local';

/** Its queues on a broker have its own name, beside those of others there. */
const environment = ({ pattern, store, broker }: Ask): string =>
  `# Where the engines of compose.yaml are. They listen on loopback alone, and their password is no secret: others need others.
STORE_URL=${URLS[store]}
BROKER_URL=${URLS[broker]}${broker === 'local' ? '' : `?prefix=${pattern}`}
`;

/** Compose file and settings for real engines; nothing for the embedded ones. */
export const engines = (ask: Ask): Readonly<Record<string, string>> => {
  if (!usesEngines(ask)) return {};
  const services = {
    ...(ask.store === 'postgres' ? { postgres: SERVICES.postgres } : {}),
    ...(ask.broker === 'amqp' ? { rabbitmq: SERVICES.amqp } : {}),
    ...(ask.broker === 'redis' ? { redis: SERVICES.redis } : {}),
  };
  return { 'compose.yaml': stringify({ services }, { aliasDuplicateObjects: false }), '.env': environment(ask) };
};
