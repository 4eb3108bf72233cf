import type { Call, Handler, Reply } from '../../pattern.ts';
import { NOT_FOUND, problem } from '../../problem.ts';
import type { Tx } from '../../sql/port.ts';
import type { FhirFormat } from '../format.ts';
import { negotiate, requireR4Body, type Shape } from '../negotiate.ts';
import type { Outcome } from '../outcome.ts';
import { requirePermitted } from '../permission.ts';
import { type Preference, parsePrefer } from '../prefer.ts';
import { fhirBases, replyWith } from '../reply.ts';
import { type AfterWrite, type BeforeWrite, forWriting, type WritingCtx } from '../write-guard.ts';

/** What is served together: the operations that a pattern composed, and the formats. */
export interface Endpoint {
  readonly operations: readonly FhirOperation[];
  readonly formats: readonly FhirFormat[];
  /** The resource types that are kept there; every one of R4 where absent. */
  readonly types?: readonly string[];
  /** The pattern's own rule about writes. */
  readonly beforeWrite?: BeforeWrite;
  /** What the pattern does about them. */
  readonly afterWrite?: AfterWrite;
  /** By operationId. */
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** One FHIR interaction. A pattern that does not name it neither serves nor imports nor exports it. */
export interface FhirOperation {
  readonly operationId: string;
  /** How the CapabilityStatement says that it is served. */
  readonly declares: Declaration;
  handler(endpoint: Endpoint): Handler;
}

/** FHIR R4 valueset-type-restful-interaction, -system-restful-interaction; the flags of CapabilityStatement.rest.resource. */
export interface Declaration {
  readonly type?: readonly string[];
  readonly system?: readonly string[];
  readonly resource?: Readonly<Record<string, unknown>>;
  /** Operations with a name, of all types unless some are named. */
  readonly operations?: readonly {
    readonly name: string;
    readonly definition: string;
    readonly types?: readonly string[];
  }[];
  /** Whether the standard's compartments can be searched. */
  readonly compartments?: true;
}

export interface FhirRequest {
  readonly call: Call;
  readonly ctx: WritingCtx;
  /** A transaction of that context which is all that the operation does: what it gives is what is answered. */
  readonly change: (body: (tx: Tx) => Promise<Outcome>) => Promise<Outcome>;
  /** The same for those who only read: it knows nothing of the rules about writes, and costs nothing. */
  readonly reading: WritingCtx;
  readonly endpoint: Endpoint;
  readonly shape: Shape;
  readonly prefer: Preference;
  /** The body, parsed; refuses with the place what cannot be. */
  readonly body: () => unknown;
  /** A path parameter of the contract. */
  readonly param: (name: string) => string;
}

/** FHIR R4 http.html#create, #read: a type that is not kept here is a 404. */
const requireKept = ({ types }: Endpoint, { params: { type } }: Call): void => {
  if (types === undefined || type === undefined || types.includes(type)) return;
  const detail = `${type.slice(0, 64)} is not kept here, only ${types.join(', ')}`;
  throw problem(NOT_FOUND, [{ detail, issue: 'not-supported' }]);
};

/** A class, so that a request costs one object, and closures and a context for writing only where they are asked for. */
class Asked implements FhirRequest {
  readonly call: Call;
  readonly reading: WritingCtx;
  readonly endpoint: Endpoint;
  readonly shape: Shape;
  readonly prefer: Preference;
  #writing: WritingCtx | undefined;
  #replied: { readonly outcome: Outcome; readonly reply: Reply } | undefined;

  constructor(call: Call, reading: WritingCtx, endpoint: Endpoint) {
    this.call = call;
    this.reading = reading;
    this.endpoint = endpoint;
    this.shape = negotiate(call, endpoint.formats);
    this.prefer = parsePrefer(call.headers.prefer);
  }

  get ctx(): WritingCtx {
    const { call, reading, endpoint } = this;
    this.#writing ??= forWriting(
      reading,
      fhirBases(call),
      endpoint.beforeWrite ?? reading.beforeWrite,
      endpoint.afterWrite ?? reading.afterWrite,
    );
    return this.#writing;
  }

  get body(): () => unknown {
    const { call, shape, endpoint } = this;
    return () => {
      requireR4Body(call, endpoint.formats);
      return shape.format.parse(call.body);
    };
  }

  get param(): (name: string) => string {
    const { params } = this.call;
    return (name) => params[name] ?? '';
  }

  get change(): FhirRequest['change'] {
    return (body) => this.ctx.transaction(body, this);
  }

  /** The same one for the same outcome: what is said in a transaction is what is said after it. */
  reply(outcome: Outcome): Reply {
    if (this.#replied?.outcome === outcome) return this.#replied.reply;
    const reply = replyWith(this.call, this.reading.store, outcome, this.shape, this.prefer);
    this.#replied = { outcome, reply };
    return reply;
  }
}

/** Makes an operation from what it does; how the answer looks is the same for all. */
export const operation = (
  operationId: string,
  declares: Declaration,
  run: (request: FhirRequest) => Outcome | Promise<Outcome>,
): FhirOperation => ({
  operationId,
  declares,
  handler: (endpoint) => {
    const serve = (call: Call, given: WritingCtx): Reply | Promise<Reply> => {
      const asked = new Asked(call, given, endpoint);
      const outcome = run(asked);
      return outcome instanceof Promise ? outcome.then((known) => asked.reply(known)) : asked.reply(outcome);
    };
    return (call, given: WritingCtx) => {
      requireKept(endpoint, call);
      if (given.permits === undefined) return serve(call, given);
      return requirePermitted(given, operationId, call).then(() => serve(call, given));
    };
  },
});
