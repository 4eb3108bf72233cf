import { type AjvCustomizer, OpenAPIBackend, OpenAPIRouter, OpenAPIValidator } from 'openapi-backend';
import schemaValidator from 'openapi-schema-validator';

/** An OpenAPI 3.0 document as parsed from YAML or JSON. Its shape is checked when it is compiled. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

type Definition = ConstructorParameters<typeof OpenAPIValidator>[0]['definition'];
export type RawOperation = ReturnType<OpenAPIRouter['getOperations']>[number];

/** What compiling needs of openapi-backend: operations with every $ref resolved, and validators built on first use. */
export interface Definitions {
  readonly operations: readonly RawOperation[];
  readonly validator: OpenAPIValidator;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Ajv comes without the string formats; an unknown format would be let through in silence. */
const addFormats: AjvCustomizer = (ajv) =>
  ajv
    .addFormat('uuid', UUID)
    .addFormat('date', (value: string) => DATE.test(value) && !Number.isNaN(Date.parse(value)))
    .addFormat('date-time', (value: string) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)))
    .addFormat('uri', (value: string) => URL.canParse(value));

/** The schema of OpenAPI itself, in which no contract differs from another. */
const ofOpenApi: { schema?: InstanceType<typeof schemaValidator.default> } = {};
/** Of a CommonJS module Node's default import is all that it exports; Vite's is its default. */
const SchemaValidator = typeof schemaValidator === 'function' ? schemaValidator : schemaValidator.default;

/** Documents that are known to be valid: see `vouchFor`. */
const valid = new WeakSet<OpenApiDocument>();

/**
 * Says of a document that it was found to be valid before: this package's own, by its tests, while they are as they were. To
 * compile OpenAPI's schema takes as long as all else that whoever comes first waits for.
 */
export const vouchFor = (document: OpenApiDocument): OpenApiDocument => {
  valid.add(document);
  return document;
};

export const isVouchedFor = (document: OpenApiDocument): boolean => valid.has(document);

/** openapi-backend would compile that schema anew for each document. */
const requireValid = (document: Exclude<Definition, string>): void => {
  ofOpenApi.schema ??= new SchemaValidator({ version: 3 });
  const { errors } = ofOpenApi.schema.validate(document);
  if (errors.length > 0) throw new Error(`The contract is not valid OpenAPI: ${JSON.stringify(errors, null, 2)}`);
};

const AJV = {
  strict: false,
  discriminator: true,
  allErrors: true,
  verbose: false,
  logger: false,
  // The document is valid as a whole. To compile JSON Schema's own schema, and to tidy up code that V8 tidies up as well,
  // would be three quarters of what a first request waits for.
  validateSchema: false,
  code: { optimize: false },
} as const;

/** As much as has to be so for openapi-backend to look at it; the rest its own schema finds out. */
const isDefinition = (value: unknown): value is Exclude<Definition, string> =>
  typeof value === 'object' && value !== null && 'openapi' in value && 'info' in value;

/**
 * Checks the document against the OpenAPI schema, resolves its references and hands back what validators are built from.
 * Only openapi-backend's validator is used: its router is linear and its request handling fails open (design, known traps).
 */
export const readDefinitions = async (document: OpenApiDocument): Promise<Definitions> => {
  // References are resolved in place, so the caller's document is left alone.
  const definition: unknown = structuredClone(document);
  if (!isDefinition(definition)) throw new Error('The contract is no OpenAPI document: it has no openapi or no info');
  if (!isVouchedFor(document)) requireValid(definition);
  // Quick: it resolves references at once, and not by what also finds them in files and on the network.
  const api = await new OpenAPIBackend({ definition, strict: true, validate: false, quick: true }).init();
  const router = new OpenAPIRouter({ definition: api.definition });
  const validator = new OpenAPIValidator({
    definition: api.definition,
    router,
    lazyCompileValidators: true,
    ajvOpts: AJV,
    customizeAjv: addFormats,
  });
  return { operations: router.getOperations(), validator };
};
