import type { EndpointRequest } from '../data/endpoint-request.ts';
import type { Endpoint, Participant, Sandbox } from '../data/sandbox-types.ts';
import { mllpCommands } from './mllp-commands.ts';

export interface Command {
  readonly title: string;
  readonly text: string;
}

/** Quoted for a POSIX shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const curl = (parts: readonly string[]): string => ['curl -sS', ...parts].join(' \\\n  ');

/** Prints a header of an answer. Field names are compared without case, and the carriage return is not part of it. */
const printing = (header: string): string =>
  `awk 'tolower($1) == "${header.toLowerCase()}:" { print $2 }' | tr -d '\\r'`;

/**
 * Where the commands go: the endpoint; or, where a seat is taken, the system that took it, whose credential is its own
 * matter. Undefined where that system only calls: the sandbox refuses calls to a seat that it does not play. What it has of
 * the broker is ours.
 */
export const targetOf = (participant: Participant, endpoint: Endpoint): Endpoint | undefined => {
  if (participant.mode !== 'external' || endpoint.protocol === 'amqp') return endpoint;
  const { name, mllpUrl } = participant;
  const isMllp = endpoint.protocol === 'mllp';
  const known = isMllp ? (mllpUrl ?? participant.url) : participant.url;
  const url = known !== undefined && /^mllps?:/.test(known) === isMllp ? known : undefined;
  return url === undefined
    ? undefined
    : {
        participant: name,
        protocol: endpoint.protocol,
        url: url.replace(/\/+$/, ''),
        ...(endpoint.requests === undefined ? {} : { requests: endpoint.requests }),
        ...(endpoint.messages === undefined ? {} : { messages: endpoint.messages }),
      };
};

/** For Debian's amqp-tools; what is published is read from a file, and what is consumed is printed. */
const brokerCommands = ({ url, exchange, routingKeys = [], queue }: Endpoint, uuid: () => string): Command[] => {
  if (url === undefined || exchange === undefined || queue === undefined) return [];
  const line = (program: string, ...parts: string[]) => `${program} -u ${shellQuote(url)} \\\n  ${parts.join(' ')}`;
  return [
    { title: 'Consume the next message', text: line('amqp-consume', '-q', shellQuote(queue), '-c 1 cat') },
    ...routingKeys.map((key) => ({
      title: `Publish to ${key}`,
      text: line(
        'amqp-publish',
        `-e ${shellQuote(exchange)} -r ${shellQuote(key)} -p -C application/fhir+json`,
        `\\\n  -H ${shellQuote(`message-id: ${uuid()}`)} < message.json`,
      ),
    })),
  ];
};

/** What happens from now on, as it comes; Node (22 or later) has a WebSocket client. */
const streamCommands = ({ protocol, url, credential }: Endpoint): Command[] => {
  if (url === undefined) return [];
  const bearer = credential === undefined ? undefined : `Bearer ${credential}`;
  if (protocol === 'sse') {
    const header = bearer === undefined ? [] : [`-H ${shellQuote(`Authorization: ${bearer}`)}`];
    return [{ title: 'Follow', text: ['curl -N', ...header, shellQuote(url)].join(' \\\n  ') }];
  }
  const options = bearer === undefined ? '' : `, ${JSON.stringify({ headers: { Authorization: bearer } })}`;
  const script = `new WebSocket(${JSON.stringify(url)}${options}).onmessage = ({ data }) => console.log(data)`;
  return [{ title: 'Follow', text: `node -e ${shellQuote(script)}` }];
};

/** The header by which a call proves whose it is. A token comes from a command of its own, which leaves it in the shell. */
const proofOf = ({ authentication, endpoints }: Sandbox, endpoint: Endpoint): string[] => {
  const ours = endpoints.some(({ url }) => url === endpoint.url);
  if (authentication !== undefined && ours) return ['-H "Authorization: Bearer $TOKEN"'];
  if (endpoint.credential === undefined) return [];
  const header = endpoint.auth === 'api-key' ? 'apikey: ' : 'Authorization: Bearer ';
  return [`-H ${shellQuote(`${header}${endpoint.credential}`)}`];
};

/**
 * One request as a command. Where it names a version, that is read first, so that it works on whatever version the record has
 * come to.
 */
const commandOf = (url: string, proof: readonly string[], one: EndpointRequest, uuid: () => string): Command => {
  const { title, method, path, headers, form, body, version } = one;
  const fresh = (text: string): string => text.replaceAll('{uuid}', uuid);
  const always = (): string[] => [...proof, `-H ${shellQuote(`X-Request-ID: ${uuid()}`)}`];
  const sent = [
    ...Object.entries(headers).map(([name, value]) => `-H ${shellQuote(`${name}: ${fresh(value)}`)}`),
    ...Object.entries(form ?? {}).map(([name, value]) => `--data-urlencode ${shellQuote(`${name}=${value}`)}`),
    ...(body === undefined ? [] : [`-d ${shellQuote(fresh(JSON.stringify(body)))}`]),
  ];
  // curl makes a POST of what has a body.
  const verb =
    method === 'GET' || (method === 'POST' && sent.some((part) => part.startsWith('-d') || part.startsWith('--')))
      ? []
      : [`-X ${method}`];
  const target = shellQuote(`${url}${path}`);
  if (version === undefined) return { title, text: curl([...verb, ...always(), ...sent, target]) };
  const read = curl(['-D - -o /dev/null', ...always(), shellQuote(`${url}${version.path}`)]);
  const change = curl([...verb, ...always(), `-H "${version.as}: $VERSION"`, ...sent, target]);
  return { title, text: `VERSION=$(${read} \\\n  | ${printing(version.from)})\n${change}` };
};

/**
 * Ready to paste into a POSIX shell: what the pattern has to try at an endpoint; for the broker, how to consume and to publish;
 * for a stream, how to follow it.
 */
export const commandsFor = (sandbox: Sandbox, endpoint: Endpoint, uuid: () => string): Command[] => {
  if (endpoint.protocol === 'amqp') return brokerCommands(endpoint, uuid);
  if (endpoint.protocol === 'mllp') return mllpCommands(sandbox, endpoint, uuid, shellQuote);
  if (endpoint.protocol === 'sse' || endpoint.protocol === 'ws') return streamCommands(endpoint);
  const { url, requests = [] } = endpoint;
  if (url === undefined) return [];
  return requests.map((one) => commandOf(url, proofOf(sandbox, endpoint), one, uuid));
};
