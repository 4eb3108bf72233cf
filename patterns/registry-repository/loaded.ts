import { handlers as nrlHandlers } from '../../sandbox/dialects/nrl.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { loadPattern } from '../../sandbox/pattern-files.ts';
import { app } from './app.ts';

/** The pattern with all that running it needs, for a process that runs this one pattern. */
export const loadThisPattern = (): LoadedPattern =>
  loadPattern({
    id: 'registry-repository',
    manifest: new URL('./pattern.yaml', import.meta.url),
    contract: new URL('../../openapi/registry-repository.yaml', import.meta.url),
    beside: [new URL('../../openapi/fhir-r4.yaml', import.meta.url)],
    app,
    dialects: {
      'fhir-r4': { file: new URL('../../sandbox/dialects/fhir-r4.yaml', import.meta.url) },
      nrl: {
        file: new URL('../../sandbox/dialects/nrl.yaml', import.meta.url),
        contract: new URL('../../sandbox/dialects/nrl.openapi.yaml', import.meta.url),
        handlers: nrlHandlers,
      },
    },
  });
