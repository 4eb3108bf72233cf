import { describe, expect, it } from 'vitest';
import { ConfigError, type Environment, readConfig } from './config.ts';

const problems = (env: Environment): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
const here = import.meta.filename;

describe('the configuration', () => {
  it('needs nothing: one process, one file, loopback only', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      loopbackOnly: true,
      storeUrl: 'sqlite:./data/store.db',
      brokerUrl: 'local:',
      sandboxTtl: 86_400_000,
      allowRealNhsNumbers: false,
      outboundAllow: [],
      openCreation: false,
      frameAncestors: [],
      logLevel: 'info',
      mllp: { ports: Array.from({ length: 50 }, (_, index) => 2601 + index), asked: false },
    });
  });

  it('reads every variable', () => {
    const env = {
      PORT: '0',
      HOST: '0.0.0.0',
      STORE_URL: 'sqlite:/var/lib/fingerpost.db?sync=full',
      BROKER_URL: 'amqps://me:s3cret@mq.example/hospital',
      BROKER_MANAGEMENT_URL: 'https://me:s3cret@mq.example:15671',
      PUBLIC_URL: 'https://fingerpost.example:8443/',
      PUBLIC_BROKER_URL: 'AMQPS://mq.fingerpost.example:5671/',
      SANDBOX_TTL: 'P2D',
      ALLOW_REAL_NHS_NUMBERS: 'true',
      OUTBOUND_ALLOW: 'Trust.example, 10.0.0.0/8 *.nhs.example ::1',
      ADMIN_KEY: 'a-long-enough-admin-key',
      OPEN_CREATION: 'false',
      TLS_CERT: here,
      TLS_KEY: here,
      FRAME_ANCESTORS: "'self' https://intranet.example",
      LOG_LEVEL: 'debug',
      MLLP_PORTS: '2700-2702, 2690,2701,0,0',
    };
    expect(readConfig(env)).toEqual({
      mllp: { ports: [2700, 2701, 2702, 2690, 0, 0], asked: true },
      port: 0,
      host: '0.0.0.0',
      loopbackOnly: false,
      storeUrl: 'sqlite:/var/lib/fingerpost.db?sync=full',
      brokerUrl: 'amqps://me:s3cret@mq.example/hospital',
      brokerManagementUrl: 'https://me:s3cret@mq.example:15671',
      publicUrl: 'https://fingerpost.example:8443',
      publicBrokerUrl: 'amqps://mq.fingerpost.example:5671',
      sandboxTtl: 172_800_000,
      allowRealNhsNumbers: true,
      outboundAllow: ['trust.example', '10.0.0.0/8', '*.nhs.example', '::1'],
      adminKey: 'a-long-enough-admin-key',
      openCreation: false,
      tls: { cert: here, key: here },
      frameAncestors: ["'self'", 'https://intranet.example'],
      logLevel: 'debug',
    });
  });

  it('listens for no MLLP where that is asked for', () => {
    expect(readConfig({ MLLP_PORTS: 'none' }).mllp).toEqual({ ports: [], asked: true });
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST'])('knows %s as loopback', (host) => {
    expect(readConfig({ HOST: host }).loopbackOnly).toBe(true);
  });

  it.each<[Environment, string]>([
    [{ PORT: '65536' }, 'PORT: "65536" is not a port (0 to 65535)'],
    [{ PORT: '80a' }, 'PORT: "80a" is not a port (0 to 65535)'],
    [{ HOST: 'a b', OPEN_CREATION: 'true' }, 'HOST: "a b" is neither a host name nor an address'],
    [{ STORE_URL: 'mysql://me:s3cret@db/x' }, 'STORE_URL: there is no driver for the scheme "mysql:"'],
    [{ STORE_URL: './data.db' }, 'STORE_URL: it has no scheme; an example is sqlite:./data/store.db'],
    [{ BROKER_URL: 'kafka://me:s3cret@mq/' }, 'BROKER_URL: there is no driver for the scheme "kafka:"; write local:'],
    [{ BROKER_MANAGEMENT_URL: 'mq:s3cret@mq.example' }, 'BROKER_MANAGEMENT_URL: it is no http(s) URL, as in http://'],
    [{ BROKER_URL: 'mq.example' }, 'BROKER_URL: it has no scheme; write local:, amqp://host or redis://host'],
    [{ BROKER_URL: 'local:elsewhere' }, 'BROKER_URL: it cannot be read as a URL of a broker; write local:'],
    [{ BROKER_URL: 'local://me:s3cret@mq/' }, 'BROKER_URL: it cannot be read as a URL of a broker'],
    [{ PUBLIC_URL: 'fingerpost.example' }, 'PUBLIC_URL: "fingerpost.example" is not an http(s) URL'],
    [{ PUBLIC_URL: 'https://x.example/deep?a=1' }, 'PUBLIC_URL: "https://x.example/deep?a=1" has more than an origin'],
    [
      { PUBLIC_BROKER_URL: 'amqp://me:s3cret@mq.example' },
      'PUBLIC_BROKER_URL: it is more, or less, than amqp://host:port',
    ],
    [{ PUBLIC_BROKER_URL: 'amqp://mq.example/vhost' }, 'PUBLIC_BROKER_URL: it is more, or less, than amqp://host:port'],
    [{ PUBLIC_BROKER_URL: 'redis://mq.example' }, 'PUBLIC_BROKER_URL: it is more, or less, than amqp://host:port'],
    [{ MLLP_PORTS: '2650-2600' }, 'MLLP_PORTS: "2650-2600" is not a range of ports such as 2601-2650'],
    [{ MLLP_PORTS: '1-2-3' }, 'MLLP_PORTS: "1-2-3" is not a range of ports such as 2601-2650'],
    [{ MLLP_PORTS: '0-5' }, 'MLLP_PORTS: "0-5" is not a range of ports such as 2601-2650'],
    [{ MLLP_PORTS: '2601-70000' }, 'MLLP_PORTS: "70000" is not a port (0 to 65535)'],
    [{ MLLP_PORTS: '2000-4000' }, 'MLLP_PORTS: "2000-4000" has more than 1000 ports'],
    [{ SANDBOX_TTL: '24h' }, 'SANDBOX_TTL: "24h" is not a duration that can be used'],
    [{ SANDBOX_TTL: 'PT1S' }, 'SANDBOX_TTL: "PT1S" is shorter than a minute'],
    [{ ALLOW_REAL_NHS_NUMBERS: 'yes' }, 'ALLOW_REAL_NHS_NUMBERS: "yes" is neither true nor false'],
    [{ OUTBOUND_ALLOW: 'ok.example 10.0.0.0/33' }, 'OUTBOUND_ALLOW: "10.0.0.0/33" is neither'],
    [{ ADMIN_KEY: 'short' }, 'ADMIN_KEY: it is shorter than 16 characters'],
    [{ HOST: '0.0.0.0' }, 'ADMIN_KEY: HOST is 0.0.0.0, which others can reach'],
    [{ TLS_CERT: here }, 'TLS_KEY: it is missing, and TLS_CERT is of no use without it'],
    [{ TLS_CERT: here, TLS_KEY: '/no/such.pem' }, 'TLS_KEY: the file "/no/such.pem" does not exist'],
    [{ FRAME_ANCESTORS: 'everybody' }, 'FRAME_ANCESTORS: "everybody" is not an origin'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: "loud" is none of fatal, error, warn'],
  ])('refuses %j and says why', (env, words) => {
    expect(problems(env)).toEqual([expect.stringContaining(words)]);
  });

  it('reports every problem at once, and no password', () => {
    const all = problems({
      PORT: 'x',
      STORE_URL: 'mysql://me:s3cret@db/x',
      BROKER_URL: 'kafka://me:s3cret@mq/',
      ADMIN_KEY: 's3cret',
      LOG_LEVEL: 'x',
    });
    expect(all).toHaveLength(5);
    expect(all.join()).not.toContain('s3cret');
  });

  it('takes an empty variable for none', () => {
    expect(readConfig({ PORT: '', STORE_URL: ' ', ADMIN_KEY: '' })).toEqual(readConfig({}));
  });
});
