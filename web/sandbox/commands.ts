import type { Endpoint, Participant, Sandbox } from '../data/sandbox-types.ts';
import { mllpCommands } from './mllp-commands.ts';
import { pointerCommands } from './pointer-commands.ts';

export interface Command {
  readonly title: string;
  readonly text: string;
}

/** Quoted for a POSIX shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const curl = (parts: readonly string[]): string => ['curl -sS', ...parts].join(' \\\n  ');

/** A patient that the seed put there: the first example that looks like an NHS number. */
const patientOf = ({ examples = [] }: Sandbox): string =>
  examples.find(({ value }) => /^\d{10}$/.test(value))?.value ?? '9000000009';

/** Prints the ETag of an answer. Field names are compared without case, and the carriage return is not part of it. */
const ETAG = `awk 'tolower($1) == "etag:" { print $2 }' | tr -d '\\r'`;

const CHANGE = [{ op: 'replace', path: '/gender', value: 'unknown' }];

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
    : { participant: name, protocol: endpoint.protocol, url: url.replace(/\/+$/, '') };
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
 * Ready to paste into a POSIX shell: read, search, and a change with version control, for one FHIR endpoint. The change
 * reads first and sends the version that it saw, so that it works on whatever version the record has come to. For the
 * broker: how to consume and to publish.
 */
export const commandsFor = (sandbox: Sandbox, endpoint: Endpoint, uuid: () => string): Command[] => {
  if (endpoint.protocol === 'amqp') return brokerCommands(endpoint, uuid);
  if (endpoint.protocol === 'mllp') return mllpCommands(sandbox, endpoint, patientOf(sandbox), uuid, shellQuote);
  if (endpoint.protocol === 'sse' || endpoint.protocol === 'ws') return streamCommands(endpoint);
  if (endpoint.protocol !== 'fhir-r4' || endpoint.url === undefined) return [];
  const pds = sandbox.dialect === 'pds';
  const headers = (): string[] => [...proofOf(sandbox, endpoint), `-H ${shellQuote(`X-Request-ID: ${uuid()}`)}`];
  if (sandbox.pattern === 'registry-repository')
    return pointerCommands(sandbox, endpoint, patientOf(sandbox), headers, { quote: shellQuote, curl });
  const patient = `${endpoint.url}/Patient/${patientOf(sandbox)}`;
  const search = pds ? 'family=Smith&given=Jane&birthdate=eq2010-10-22' : 'family=Smith&_count=5';
  // PDS wraps the list of operations (its OpenAPI description, PATCH /Patient/{id}).
  const patch = JSON.stringify(pds ? { patches: CHANGE } : CHANGE);
  return [
    { title: 'Read', text: curl([...headers(), shellQuote(patient)]) },
    { title: 'Search', text: curl([...headers(), shellQuote(`${endpoint.url}/Patient?${search}`)]) },
    {
      title: 'Patch',
      text: `VERSION=$(${curl(['-D - -o /dev/null', ...headers(), shellQuote(patient)])} \\\n  | ${ETAG})\n${curl([
        '-X PATCH',
        ...headers(),
        `-H ${shellQuote('Content-Type: application/json-patch+json')}`,
        '-H "If-Match: $VERSION"',
        `-d ${shellQuote(patch)}`,
        shellQuote(patient),
      ])}`,
    },
  ];
};
