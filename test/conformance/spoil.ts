/** What a broken participant does otherwise; what is not named is left as it is. */
export interface Spoil {
  readonly status?: number;
  /** null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** In place of the whole body: text, or JSON. */
  readonly body?: unknown;
  /** Place in a JSON body (`entry.0.resource.id`) → what stands there; null takes it away. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Closes the connection without a word. */
  readonly drops?: true;
  /** Answers by itself, and does nothing. */
  readonly swallows?: true;
  /** Answers so many milliseconds later. */
  readonly late?: number;
}

/** The same of what it sends by itself. */
export interface Sending extends Omit<Spoil, 'status' | 'late' | 'swallows'> {
  readonly method?: string;
  /** Below where the run listens. */
  readonly path?: string;
  /** Sent after it. */
  readonly also?: Sending;
}

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What was asked and answered at each step so far. */
export type Seen = ReadonlyMap<string, { readonly sent: Message; readonly got?: Message }>;

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);

/** `refer sent headers.x-request-id`, `read got body.meta.versionId`. */
const lookUp = (place: string, seen: Seen): unknown => {
  const [step = '', half = '', path = ''] = place.split(' ');
  const message = half === 'sent' ? seen.get(step)?.sent : seen.get(step)?.got;
  if (message === undefined) throw new Error(`nothing was seen of {${place}}`);
  const [part, ...rest] = path.split('.');
  return part === 'headers' ? message.headers[rest.join('.')] : at(parsed(message.body), rest);
};

/** A value in which `{step sent|got place}` stands for what was seen there: the whole of it, or part of a text. */
const filled = (value: unknown, seen: Seen): unknown => {
  if (typeof value !== 'string') return value;
  const whole = /^\{([a-z0-9-]+ (?:sent|got) [^{}]+)\}$/.exec(value)?.[1];
  if (whole !== undefined) return lookUp(whole, seen);
  return value.replaceAll(/\{([a-z0-9-]+ (?:sent|got) [^{}]+)\}/g, (_, place: string) => String(lookUp(place, seen)));
};

const put = (target: unknown, path: readonly string[], value: unknown): void => {
  const [key = '', ...rest] = path;
  if (!isRecord(target)) throw new Error(`there is nothing to put ${key} into`);
  if (rest.length > 0) put(target[key], rest, value);
  else if (value === null) delete target[key];
  else target[key] = value;
};

const spoiledBody = (body: Buffer, { body: other, set }: Pick<Spoil, 'body' | 'set'>, seen: Seen): Buffer => {
  const start = other === undefined ? body : filled(other, seen);
  const text = Buffer.isBuffer(start) ? start : Buffer.from(typeof start === 'string' ? start : JSON.stringify(start));
  if (set === undefined) return text;
  const value = parsed(text);
  for (const [path, to] of Object.entries(set)) put(value, path.split('.'), filled(to, seen));
  return Buffer.from(JSON.stringify(value));
};

export const spoiled = (
  { headers, body }: Message,
  spoil: Pick<Spoil, 'headers' | 'body' | 'set'>,
  seen: Seen,
): Message => {
  const changed = Object.entries({ ...headers, ...spoil.headers }).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(filled(value, seen))]],
  );
  return { headers: Object.fromEntries(changed), body: spoiledBody(body, spoil, seen) };
};
