import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { loadPattern } from '../../sandbox/pattern-files.ts';
import { app } from './app.ts';

/** The pattern with all that running it needs, for a process that runs this one pattern. */
export const loadThisPattern = (): Promise<LoadedPattern> =>
  loadPattern({
    id: 'synchronous-request-response',
    folder: new URL('./', import.meta.url),
    manifest: new URL('./pattern.yaml', import.meta.url),
    contract: new URL('../../openapi/synchronous-request-response.yaml', import.meta.url),
    beside: [new URL('../../openapi/fhir-r4.yaml', import.meta.url)],
    app,
  });
