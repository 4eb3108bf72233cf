import { renderOutcome } from '../../http/render.ts';
import { namesRealNumber } from '../../nhs-number.ts';
import { BAD_REQUEST, INVALID_PARAMETER, ProblemError, problem } from '../../problem.ts';
import type { Tx } from '../../sql/port.ts';
import { requireFit, requireSameId } from '../document.ts';
import { goodOutcome, type Outcome } from '../outcome.ts';
import { parametersOf } from '../parameters-resource.ts';
import { create, read, remove, update } from '../repository.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import { type FhirResource, isResource, type StoredVersion } from '../stored.ts';
import { type FhirRequest, operation } from './operation.ts';

/** FHIR R4 valueset-resource-validation-mode.html */
const MODES = ['create', 'update', 'delete', 'profile'] as const;
type Mode = (typeof MODES)[number];

interface Wanted {
  readonly type: string;
  readonly id?: string;
  readonly mode?: Mode;
  /** Absent where what is stored is to be judged. */
  readonly resource?: unknown;
}

const modeOf = (value: unknown): Mode | undefined => {
  if (value === undefined || value === null) return undefined;
  const mode = MODES.find((known) => known === value);
  if (mode === undefined)
    throw problem(INVALID_PARAMETER, `mode is one of ${MODES.join(', ')}, not '${String(value).slice(0, 40)}'`, {
      at: 'mode',
    });
  return mode;
};

/** R4 resource-operation-validate.html: a server that does not know the profile returns an error. */
const requireKnownProfile = (type: string, value: unknown): void => {
  if (value === undefined || value === null) return;
  const own = `http://hl7.org/fhir/StructureDefinition/${type}`;
  const [url, version] = String(value).split('|');
  if (url === own && (version === undefined || /^4\.0(?:\.1)?$/.test(version))) return;
  const detail = `The profile '${String(value).slice(0, 200)}' is not known here; only ${own} is, so no verdict can be given`;
  throw problem(INVALID_PARAMETER, [{ detail, at: 'profile', issue: 'not-supported' }]);
};

/** A Parameters resource that carries what is to be judged; any other body is itself what is to be judged. */
const readBody = (
  request: FhirRequest,
  type: string,
): Pick<Wanted, 'resource'> & { mode?: unknown; profile?: unknown } => {
  if (request.call.body.length === 0) return {};
  const body = request.body();
  if (!isResource(body) || body.resourceType !== 'Parameters') return { resource: body };
  const parameters = parametersOf(body);
  const valueNamed = (name: string) => parameters.find((each) => each.name === name)?.value;
  const found = parameters.find(({ name }) => name === 'resource');
  if (found === undefined && type === 'Parameters' && valueNamed('mode') === undefined) return { resource: body };
  const resource = found === undefined ? {} : { resource: found.resource };
  return { ...resource, mode: valueNamed('mode'), profile: valueNamed('profile') };
};

const wantedOf = (request: FhirRequest, id?: string): Wanted => {
  const { call, param } = request;
  const type = param('type');
  const { resource, mode, profile } = readBody(request, type);
  requireKnownProfile(type, profile ?? call.query.get('profile'));
  const asked = modeOf(mode ?? call.query.get('mode'));
  const needsId = asked === 'update' || asked === 'delete' || asked === 'profile';
  if (id === undefined && needsId)
    throw problem(BAD_REQUEST, `mode=${asked} is about a resource that is here: ask ${type}/id/$validate`, {
      at: 'mode',
    });
  if (resource === undefined && (id === undefined || asked === 'create' || asked === 'update'))
    throw problem(
      BAD_REQUEST,
      `There is no resource to judge: send a ${type}, or a Parameters with one as 'resource'`,
      {
        at: 'resource',
      },
    );
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(asked === undefined ? {} : { mode: asked }),
    ...(resource === undefined ? {} : { resource }),
  };
};

/** Thrown at the end of what was only to be tried. */
class Rehearsed extends Error {}

/** Does a write in a transaction that is always rolled back: what would refuse it refuses it here, too. */
const rehearse = async ({ ctx }: FhirRequest, write: (tx: Tx) => Promise<unknown>): Promise<void> => {
  try {
    await ctx.transaction(async (tx) => {
      await write(tx);
      throw new Rehearsed();
    });
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error;
  }
};

const judged = (request: FhirRequest, { type, id, resource }: Wanted): FhirResource => {
  const fit = requireFit(request.ctx, resource, type);
  if (id !== undefined && fit.id !== undefined) requireSameId(fit, id);
  return fit;
};

/** Returns in words what was found good; throws what was not. */
const judge = async (request: FhirRequest, wanted: Wanted, stored: StoredVersion | undefined): Promise<string> => {
  const { ctx } = request;
  const { type, id = '', mode } = wanted;
  if (mode === 'delete') {
    await rehearse(request, (tx) => remove(ctx, tx, type, id));
    return `${type}/${id} can be deleted`;
  }
  if (stored !== undefined) {
    requireFit(ctx, JSON.parse(stored.body), type);
    return `${type}/${id} is valid`;
  }
  const resource = judged(request, wanted);
  if (mode === 'create') {
    await rehearse(request, (tx) => create(ctx, tx, resource));
    return `This ${type} is valid and can be created`;
  }
  if (mode === 'update') {
    requireSameId(resource, id);
    await rehearse(request, (tx) => update(ctx, tx, id, resource));
    return `This ${type} is valid and can be stored as ${type}/${id}`;
  }
  return `This ${type} is valid`;
};

const NOTE =
  'judged by the definitions of FHIR R4 and the rules of this endpoint; no profile of meta.profile is looked at';

/** Whatever the verdict, it was reached: 200 (R4 resource-operation-validate.html). Only a request that is none is refused. */
const validate = async (request: FhirRequest, wanted: Wanted): Promise<Outcome> => {
  const { ctx } = request;
  const { type, id = '', resource } = wanted;
  const stored = resource === undefined ? await read(ctx, ctx.sql, type, id) : undefined;
  try {
    return { status: 200, body: goodOutcome(`${await judge(request, wanted, stored)} (${NOTE})`) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { body } = renderOutcome(error, ctx.dialect, false);
    return { status: 200, body, concealed: namesRealNumber(error.faults) };
  }
};

const declared = {
  operations: [{ name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' }],
};

export const validateType = operation('validateType', declared, (request) => {
  spaceOfType(request.ctx.store, request.param('type'));
  return validate(request, wantedOf(request));
});

const ofInstance = (request: FhirRequest): Promise<Outcome> => {
  const id = request.param('id');
  requireInstance(request.ctx, request.param('type'), id);
  return validate(request, wantedOf(request, id));
};

export const validateInstance = operation('validateInstance', {}, async (request) => ofInstance(request));

/** What is stored, as it is. */
export const validateStored = operation('validateStored', {}, async (request) => ofInstance(request));
