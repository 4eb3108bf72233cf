import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { capabilityStatement, terminologyCapabilities } from '../capability-statement.ts';
import { fhirBase } from '../reply.ts';
import { subsetOf, subsetText } from '../subset.ts';
import { type FhirOperation, type FhirRequest, operation } from './operation.ts';

const MODES = ['full', 'normative', 'terminology'];
/** Stands for the base in the kept text; every sandbox has its own. */
const BASE = 'urn:uuid:b3f0a2f4-6b1e-4a43-8f0e-base';

/** The statement names everything that is served, some 300 KB: it is made once for a composition and a dialect. */
const statementText = (request: FhirRequest, kept: Map<string, readonly string[]>): string => {
  const { dialect } = request.ctx;
  const pieces =
    kept.get(dialect.id) ?? JSON.stringify(capabilityStatement(request.endpoint, dialect, BASE)).split(BASE);
  kept.set(dialect.id, pieces);
  return pieces.join(fhirBase(request.call));
};

/** FHIR R4 http.html#capabilities */
export const capabilities: FhirOperation = {
  operationId: 'capabilities',
  declares: {},
  handler: (endpoint) => {
    const kept = new Map<string, readonly string[]>();
    const serve = operation('capabilities', {}, async (request) => {
      const { query } = request.call;
      const mode = query.get('mode') ?? 'full';
      if (!MODES.includes(mode))
        throw problem(INVALID_PARAMETER, `mode is ${MODES.join(', ')}, not '${mode.slice(0, 40)}'`, { at: 'mode' });
      const text =
        mode === 'terminology'
          ? JSON.stringify(terminologyCapabilities(fhirBase(request.call)))
          : statementText(request, kept);
      return { status: 200, body: subsetText(text, subsetOf(query)) };
    });
    return serve.handler(endpoint);
  },
};
