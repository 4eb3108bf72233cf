import type { Catalogue } from '../catalogue.ts';
import { ok, type ServiceHandlers } from './call.ts';
import { addressOf, titleOf } from './docs.ts';

export interface PatternOptions {
  readonly catalogue: Catalogue;
  /** The lessons of a pattern, as its page lists them. */
  scenariosOf(pattern: string): Promise<readonly object[]>;
}

export const patternHandlers = ({ catalogue, scenariosOf }: PatternOptions): ServiceHandlers => {
  const summary = async (id: string) => {
    const { title, summary: text } = await catalogue.manifest(id);
    return { id, title, summary: text, live: catalogue.live(id), dialects: await catalogue.dialects(id) };
  };
  /** Its own contract, those of dialects with paths of their own, and that of its messages. */
  const contracts = async (id: string, dialects: readonly { readonly id: string }[]) => {
    const ofHttp = [id, ...dialects.map((dialect) => dialect.id)].filter((name) => catalogue.contracts.includes(name));
    const ofMessages = catalogue.messageContracts.filter((name) => name === `${id}.asyncapi`);
    const described = (name: string, kind: string, document: object) => ({
      kind,
      title: titleOf(document, name),
      url: addressOf(name),
    });
    return Promise.all([
      ...ofHttp.map(async (name) => described(name, 'openapi', (await catalogue.contract(name)).document)),
      ...ofMessages.map(async (name) => described(name, 'asyncapi', (await catalogue.messageContract(name)).document)),
    ]);
  };
  return {
    listPatterns: async () => ok({ items: await Promise.all(catalogue.ids.map(summary)) }),

    getPattern: async ({ params }) => {
      const id = params.patternId ?? '';
      const short = await summary(id);
      return ok({
        ...(await catalogue.manifest(id)),
        ...short,
        contracts: await contracts(id, short.dialects),
        requirements: await catalogue.requirements(id),
        scenarios: await scenariosOf(id),
      });
    },
  };
};
