import { BrokerError } from './error.ts';

const TIMEOUT_MS = 5_000;
/** Where RabbitMQ's management plugin listens unless told. */
const PORT = '15672';

/** RabbitMQ's management API (rabbitmq.com/docs/management#http-api); AMQP itself knows no users. */
export interface Management {
  /** Resolves to the reason why it cannot be used, if there is one. */
  obstacle(): Promise<string | undefined>;
  put(path: readonly string[], body: object): Promise<void>;
  /** No error where there is nothing. */
  remove(path: readonly string[]): Promise<void>;
}

/** At the URL that was configured, or where the plugin listens by itself; with the credentials of that, or of the broker. */
export const createManagement = (broker: URL, configured: string | undefined): Management => {
  const given = configured === undefined ? undefined : new URL(configured);
  const [user, password] =
    given !== undefined && given.username !== ''
      ? [given.username, given.password]
      : [broker.username, broker.password];
  const origin =
    given === undefined ? `http://${broker.hostname}:${PORT}` : `${given.origin}${given.pathname.replace(/\/$/, '')}`;
  const credentials = [user || 'guest', password || 'guest'].map(decodeURIComponent).join(':');
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;

  const call = async (method: string, path: readonly string[], body?: object): Promise<Response> => {
    try {
      return await fetch(`${origin}/api/${path.map(encodeURIComponent).join('/')}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BrokerError('unavailable', `RabbitMQ's management API at ${origin} does not answer: ${why}`, {
        cause: error,
      });
    }
  };
  const expect = async (
    method: string,
    path: readonly string[],
    body: object | undefined,
    also: number[],
  ): Promise<void> => {
    const answer = await call(method, path, body);
    await answer.body?.cancel();
    if (answer.ok || also.includes(answer.status)) return;
    const name = path[0] ?? '';
    throw new BrokerError(
      'refused',
      `RabbitMQ's management API at ${origin} answered ${answer.status} to ${method} ${name}`,
    );
  };
  return {
    async obstacle() {
      const advice = 'enable it with "rabbitmq-plugins enable rabbitmq_management", or set BROKER_MANAGEMENT_URL';
      try {
        const answer = await call('GET', ['whoami']);
        const text = await answer.text();
        if (answer.ok && /administrator/.test(text)) return undefined;
        return answer.ok
          ? `The user of RabbitMQ's management API at ${origin} is no administrator, and cannot make users`
          : `RabbitMQ's management API at ${origin} answered ${answer.status}: ${advice}`;
      } catch (error) {
        return `${error instanceof Error ? error.message : String(error)}: ${advice}`;
      }
    },
    put: (path, body) => expect('PUT', path, body, []),
    remove: (path) => expect('DELETE', path, undefined, [404]),
  };
};
