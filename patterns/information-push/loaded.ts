import { authentication, handlers } from '../../sandbox/dialects/mesh.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { loadPattern } from '../../sandbox/pattern-files.ts';
import { app } from './app.ts';

/** The pattern with all that running it needs, for a process that runs this one pattern. */
export const loadThisPattern = (): LoadedPattern =>
  loadPattern({
    id: 'information-push',
    manifest: new URL('./pattern.yaml', import.meta.url),
    contract: new URL('../../openapi/information-push.yaml', import.meta.url),
    beside: [new URL('../../openapi/fhir-r4.yaml', import.meta.url)],
    app,
    dialects: {
      'fhir-r4': { file: new URL('../../sandbox/dialects/fhir-r4.yaml', import.meta.url) },
      'hl7v2-itk': { file: new URL('../../sandbox/dialects/hl7v2-itk.yaml', import.meta.url) },
      mesh: {
        file: new URL('../../sandbox/dialects/mesh.yaml', import.meta.url),
        contract: new URL('../../sandbox/dialects/mesh.openapi.yaml', import.meta.url),
        handlers,
        authentication,
      },
    },
  });
