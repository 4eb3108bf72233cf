import { handlers as immsHandlers } from '../../sandbox/dialects/imms.ts';
import { handlers as pdsHandlers } from '../../sandbox/dialects/pds.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { loadPattern } from '../../sandbox/pattern-files.ts';
import { app } from './app.ts';

/** The pattern with all that running it needs, for a process that runs this one pattern. */
export const loadThisPattern = (): LoadedPattern =>
  loadPattern({
    id: 'shared-repository',
    manifest: new URL('./pattern.yaml', import.meta.url),
    contract: new URL('../../openapi/shared-repository.yaml', import.meta.url),
    beside: [new URL('../../openapi/fhir-r4.yaml', import.meta.url)],
    app,
    dialects: {
      'fhir-r4': { file: new URL('../../sandbox/dialects/fhir-r4.yaml', import.meta.url) },
      imms: {
        file: new URL('../../sandbox/dialects/imms.yaml', import.meta.url),
        contract: new URL('../../sandbox/dialects/imms.openapi.yaml', import.meta.url),
        handlers: immsHandlers,
      },
      pds: {
        file: new URL('../../sandbox/dialects/pds.yaml', import.meta.url),
        contract: new URL('../../sandbox/dialects/pds.openapi.yaml', import.meta.url),
        handlers: pdsHandlers,
      },
    },
  });
