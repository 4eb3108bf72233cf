import { existsSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { hasBrokerDriver } from './broker/open.ts';
import { parseDuration } from './duration.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { hasSqlDriver } from './sql/open.ts';

/** Everything that can be set from outside, read once by the entry file (design, "Configuration"). */
export interface Config {
  /** 0 is any free port. */
  readonly port: number;
  readonly host: string;
  /** Whether `host` is loopback: then creating needs no key, and external participants may be on loopback, too. */
  readonly loopbackOnly: boolean;
  readonly storeUrl: string;
  readonly brokerUrl: string;
  /** Where users of the broker are made, so that parties outside can use it. */
  readonly brokerManagementUrl?: string;
  /** What endpoints are shown as, without a trailing slash. */
  readonly publicUrl?: string;
  /** What parties outside are told of the broker: another scheme, host and port than in `brokerUrl`. */
  readonly publicBrokerUrl?: string;
  /**
   * Ports that are listened on for MLLP, each for one participant of one sandbox. Where they were asked for, all of them have
   * to be free; of the usual ones (2601 to 2650) those that are not are left out.
   */
  readonly mllp: { readonly ports: readonly number[]; readonly asked: boolean };
  /** Real milliseconds. */
  readonly sandboxTtl: number;
  readonly allowRealNhsNumbers: boolean;
  /** Host names, addresses and CIDR ranges, in lower case. */
  readonly outboundAllow: readonly string[];
  readonly adminKey?: string;
  readonly openCreation: boolean;
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Origins that may show our pages in a frame. */
  readonly frameAncestors: readonly string[];
  readonly logLevel: LogLevel;
}

/** All that is wrong with the environment, each line naming the variable; never the value of a secret one. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const ADMIN_KEY_MIN = 16;
const STORE_URL = 'sqlite:./data/store.db';
const MLLP_PORTS = '2601-2650';
const BROKER_URL = 'local:';

const isLoopback = (host: string): boolean => {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  const family = isIP(host);
  return family === 0 ? host.toLowerCase() === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

const list = (text: string): string[] => text.split(/[\s,]+/).filter((entry) => entry !== '');

const readPort = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`"${text}" is not a port (0 to 65535)`);
  return Number(text);
};

const readFlag = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is neither true nor false`);
  return text === 'true';
};

const readHost = (text: string): string => {
  if (isIP(text) === 0 && !HOST_NAME.test(text)) throw new Error(`"${text}" is neither a host name nor an address`);
  return text;
};

const schemeOf = (text: string): string | undefined => /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();

/** The value is not repeated: a URL of a store may hold a password. */
const readStoreUrl = (text: string): string => {
  const scheme = schemeOf(text);
  if (scheme === undefined) throw new Error(`it has no scheme; an example is ${STORE_URL}`);
  if (!hasSqlDriver(scheme))
    throw new Error(`there is no driver for the scheme "${scheme}:"; an example is ${STORE_URL}`);
  return text;
};

/** The value is not repeated: it may hold a password. */
const readBrokerUrl = (text: string): string => {
  const examples = `${BROKER_URL}, amqp://host or redis://host`;
  const scheme = schemeOf(text);
  if (scheme === undefined) throw new Error(`it has no scheme; write ${examples}`);
  if (!hasBrokerDriver(scheme)) throw new Error(`there is no driver for the scheme "${scheme}:"; write ${examples}`);
  if (scheme === 'local' ? text.toLowerCase() !== BROKER_URL : !URL.canParse(text) || new URL(text).hostname === '')
    throw new Error(`it cannot be read as a URL of a broker; write ${examples}`);
  return text;
};

/** The value is not repeated: it may hold a password. */
const readManagementUrl = (text: string): string => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new Error('it is no http(s) URL, as in http://user:password@host:15672');
};

const MLLP_MAX = 1000;

/** `2601-2650`, one port, or a list of both; `0` is any free port, and `0,0` two; `none` is none. */
const readMllp = (text: string): number[] => {
  if (text === 'none') return [];
  const ports = list(text).flatMap((entry) => {
    const [first = '', last = first, ...more] = entry.split('-').map((part) => part.trim());
    const [from, to] = [readPort(first), readPort(last)];
    if (more.length > 0 || to < from || (from === 0 && to > 0))
      throw new Error(`"${entry}" is not a range of ports such as 2601-2650`);
    if (to - from >= MLLP_MAX) throw new Error(`"${entry}" has more than ${MLLP_MAX} ports`);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  if (ports.length > MLLP_MAX) throw new Error(`it has more than ${MLLP_MAX} ports`);
  return ports.filter((port, index) => port === 0 || ports.indexOf(port) === index);
};

const readPublicUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error(`"${text}" is not an http(s) URL`);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.pathname !== '/') {
    throw new Error(`"${text}" has more than an origin; write https://host or https://host:port`);
  }
  return url.origin;
};

/** The rest of it is each party's own. */
const readPublicBroker = (text: string): string => {
  const [, scheme = '', host = ''] = /^(amqps?):\/\/([^/?#@]+)\/?$/i.exec(text) ?? [];
  if (host !== '' && URL.canParse(text)) return `${scheme.toLowerCase()}://${host}`;
  throw new Error('it is more, or less, than amqp://host:port or amqps://host:port');
};

const readTtl = (text: string): number => {
  const milliseconds = parseDuration(text);
  if (milliseconds < 60_000) throw new Error(`"${text}" is shorter than a minute`);
  return milliseconds;
};

const readOutbound = (text: string): string[] =>
  list(text.toLowerCase()).map((entry) => {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    if (bits === undefined && (family !== 0 || HOST_NAME.test(entry.replace(/^\*\./, '')))) return entry;
    const most = family === 4 ? 32 : 128;
    if (bits !== undefined && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most) return entry;
    throw new Error(`"${entry}" is neither a host name, an address nor a range such as 10.0.0.0/8`);
  });

const readFrames = (text: string): string[] =>
  list(text === 'none' ? '' : text).map((entry) => {
    if (entry === "'self'" || entry === 'self') return "'self'";
    if (/^https?:\/\/(?:\*\.)?[a-z0-9.-]+(?::\d+)?$/i.test(entry)) return entry;
    throw new Error(`"${entry}" is not an origin such as https://example.org`);
  });

const readLevel = (text: string): LogLevel => {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new Error(`"${text}" is none of ${LOG_LEVELS.join(', ')}`);
  return level;
};

const readKey = (text: string): string => {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('it has characters that a header cannot carry');
  if (text.length < ADMIN_KEY_MIN) throw new Error(`it is shorter than ${ADMIN_KEY_MIN} characters`);
  return text;
};

const readFile = (text: string): string => {
  if (!existsSync(text)) throw new Error(`the file "${text}" does not exist`);
  return text;
};

/**
 * Reads the environment; an empty variable is as good as none. Throws ConfigError with every problem at once. `store` is
 * where it keeps its data unless told.
 */
export const readConfig = (env: Environment, store = STORE_URL): Config => {
  const problems: string[] = [];
  const optional = <T>(name: string, read: (text: string) => T): T | undefined => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return undefined;
    try {
      return read(text);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const host = optional('HOST', readHost) ?? '127.0.0.1';
  const publicUrl = optional('PUBLIC_URL', readPublicUrl);
  const publicBrokerUrl = optional('PUBLIC_BROKER_URL', readPublicBroker);
  const managementUrl = optional('BROKER_MANAGEMENT_URL', readManagementUrl);
  const mllpPorts = optional('MLLP_PORTS', readMllp);
  const adminKey = optional('ADMIN_KEY', readKey);
  const openCreation = optional('OPEN_CREATION', readFlag) ?? false;
  const cert = optional('TLS_CERT', readFile);
  const key = optional('TLS_KEY', readFile);
  const given = (name: string): boolean => (env[name]?.trim() ?? '') !== '';
  if (given('TLS_CERT') !== given('TLS_KEY')) {
    const [one, other] = given('TLS_CERT') ? ['TLS_CERT', 'TLS_KEY'] : ['TLS_KEY', 'TLS_CERT'];
    problems.push(`${other}: it is missing, and ${one} is of no use without it`);
  }
  const loopbackOnly = isLoopback(host);
  if (!loopbackOnly && !given('ADMIN_KEY') && !openCreation) {
    problems.push(
      `ADMIN_KEY: HOST is ${host}, which others can reach; set a key, or OPEN_CREATION=true to let everybody create`,
    );
  }
  const config: Config = {
    port: optional('PORT', readPort) ?? 8080,
    host,
    loopbackOnly,
    storeUrl: optional('STORE_URL', readStoreUrl) ?? store,
    brokerUrl: optional('BROKER_URL', readBrokerUrl) ?? BROKER_URL,
    ...(managementUrl === undefined ? {} : { brokerManagementUrl: managementUrl }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(publicBrokerUrl === undefined ? {} : { publicBrokerUrl }),
    mllp: { ports: mllpPorts ?? readMllp(MLLP_PORTS), asked: mllpPorts !== undefined },
    sandboxTtl: optional('SANDBOX_TTL', readTtl) ?? parseDuration('PT24H'),
    allowRealNhsNumbers: optional('ALLOW_REAL_NHS_NUMBERS', readFlag) ?? false,
    outboundAllow: optional('OUTBOUND_ALLOW', readOutbound) ?? [],
    ...(adminKey === undefined ? {} : { adminKey }),
    openCreation,
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
    frameAncestors: optional('FRAME_ANCESTORS', readFrames) ?? [],
    logLevel: optional('LOG_LEVEL', readLevel) ?? 'info',
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
};
