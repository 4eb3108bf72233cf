import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue } from '../../src/catalogue.ts';

const catalogue: Catalogue = await openCatalogue();
const live = catalogue.ids.filter((id) => catalogue.live(id));

interface AsyncApi {
  readonly channels: Readonly<Record<string, { readonly address: string | null; readonly messages: object }>>;
  readonly operations: Readonly<Record<string, { readonly action: string; readonly channel: { $ref: string } }>>;
}

const documentOf = async (name: string): Promise<AsyncApi> =>
  // Valid against the schema of AsyncAPI 3.0, which has more; that is tested first.
  (await catalogue.messageContract(name)).document as AsyncApi;

const addressesOf = async (id: string): Promise<readonly string[]> => {
  if (!catalogue.messageContracts.includes(`${id}.asyncapi`)) return [];
  const { channels } = await documentOf(`${id}.asyncapi`);
  return Object.values(channels).flatMap(({ address }) => address ?? []);
};

describe('the AsyncAPI documents', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
  let valid: ReturnType<Ajv['compile']>;
  beforeAll(async () => {
    const schema = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    valid = ajv.compile(JSON.parse(await readFile(schema, 'utf8')));
  });

  it('are of patterns that are there', () => {
    expect(catalogue.messageContracts.filter((name) => !live.includes(name.replace('.asyncapi', '')))).toEqual([]);
  });

  it.each(catalogue.messageContracts)('%s is valid, by the schema of AsyncAPI 3.0', async (name) => {
    const { document } = await catalogue.messageContract(name);
    expect(document).toMatchObject({ asyncapi: '3.0.0' });
    valid(document);
    expect(valid.errors ?? []).toEqual([]);
    // A comma in a text without quotes would make the rest of it a member that is null.
    expect(JSON.stringify(document).match(/"(?!address")[^"]*":null/g) ?? []).toEqual([]);
    expect(valid({ ...document, channels: { one: { adress: 'x' } } })).toBe(false);
  });

  it.each(live)('%s has each of its queues there, and no other', async (id) => {
    const { consumers = {} } = await catalogue.app(id);
    const queues = Object.keys(consumers).map((consumer) => `${id}.${consumer}`);
    expect([...(await addressesOf(id))].sort()).toEqual(queues.sort());
  });

  it.each(catalogue.messageContracts)(
    '%s says of each queue who puts something there, and who takes it',
    async (name) => {
      const { channels, operations } = await documentOf(name);
      const actions = (channel: string) =>
        Object.values(operations)
          .filter((operation) => operation.channel.$ref === `#/channels/${channel}`)
          .map(({ action }) => action);
      for (const [channel, { address }] of Object.entries(channels))
        if (address !== null) expect([channel, ...actions(channel).sort()]).toEqual([channel, 'receive', 'send']);
    },
  );
});
