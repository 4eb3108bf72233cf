import express, { type Router } from 'express';
import type { Catalogue } from '../catalogue.ts';

/** The title that a contract gives itself, or its name. */
export const titleOf = (document: object, name: string): string =>
  'info' in document &&
  typeof document.info === 'object' &&
  document.info !== null &&
  'title' in document.info &&
  typeof document.info.title === 'string'
    ? document.info.title
    : name;

type Contracts = Pick<Catalogue, 'contract' | 'contracts' | 'messageContract' | 'messageContracts'>;

/** Where a contract is served as it was written. */
export const addressOf = (name: string): string => `/openapi/${name}.yaml`;

/** Every contract as it was written: `/openapi/<name>.yaml` (of messages `<name>.asyncapi.yaml`), or the same as JSON. */
export const serveContracts = (catalogue: Contracts): Router => {
  const router = express.Router();
  router.get('/', (_request, response) => {
    const names = [...catalogue.contracts, ...catalogue.messageContracts];
    response.json({ items: names.map((name) => ({ name, url: addressOf(name) })) });
  });
  router.get('/:file', async (request, response, next) => {
    const [, name = '', format] = /^(.+)\.(yaml|json)$/.exec(request.params.file) ?? [];
    const ofMessages = catalogue.messageContracts.includes(name);
    if (!ofMessages && !catalogue.contracts.includes(name)) {
      next();
      return;
    }
    const { text, document } = await (ofMessages ? catalogue.messageContract(name) : catalogue.contract(name));
    response.setHeader('cache-control', 'no-cache');
    if (format === 'json') response.json(document);
    else response.type('application/yaml').send(text);
  });
  return router;
};

/** Swagger UI over every contract; imported when somebody first asks for it (rules 8). */
export const loadDocs = async (catalogue: Pick<Catalogue, 'contract' | 'contracts'>): Promise<Router> => {
  const { default: swagger } = await import('swagger-ui-express');
  const urls = await Promise.all(
    [...catalogue.contracts]
      .sort((a, b) => Number(b === 'service') - Number(a === 'service'))
      .map(async (name) => ({
        name: titleOf((await catalogue.contract(name)).document, name),
        url: `/openapi/${name}.json`,
      })),
  );
  const options = {
    explorer: true,
    customSiteTitle: 'Fingerpost: contracts',
    swaggerOptions: { urls, validatorUrl: null, persistAuthorization: false, docExpansion: 'list' },
  };
  const router = express.Router({ strict: true });
  // The page names its scripts relative to itself.
  router.use((request, response, next) => {
    const [path] = request.originalUrl.split('?');
    if (path?.endsWith('/docs')) response.redirect(308, '/docs/');
    else next();
  });
  router.use(swagger.serveFiles(undefined, options));
  router.get('/', swagger.setup(undefined, options));
  return router;
};
