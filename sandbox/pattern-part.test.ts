import { describe, expect, it } from 'vitest';
import type { Dialect } from './dialect.ts';
import type { Act, Consumer, Ctx, Message, PatternApp } from './pattern.ts';
import { type PatternPart, withParts } from './pattern-part.ts';
import { inWaysOf, waysOf } from './ways.ts';

const handler = async () => ({ status: 200 });
const act = (title: string): Act => ({ title, summary: '', input: {}, run: async () => title });
const BASE: PatternApp = {
  handlers: { shared: handler },
  acts: { sender: { list: act('list') } },
  examples: async () => [{ title: 'of all', value: '', note: '' }],
};
const with_ = (parts: Readonly<Record<string, PatternPart>>) =>
  withParts(BASE, new Map(Object.entries(parts)), ['plain', 'strange', 'mail', 'another']);

describe('a pattern with what it has for a dialect', () => {
  it('has all of it by name, and what is of a dialect before what is of all', () => {
    const app = with_({ plain: { handlers: { own: handler }, acts: { sender: { send: act('send') }, other: {} } } });
    expect(Object.keys(app.handlers).sort()).toEqual(['own', 'shared']);
    expect(Object.keys(app.acts?.sender ?? {})).toEqual(['send', 'list']);
    expect([app.worklists, app.timers, app.hl7v2]).toEqual([undefined, undefined, undefined]);
  });

  it('takes examples from the dialect that is spoken, and from the usual one where that has no part', async () => {
    const example = (title: string) => async () => [{ title, value: '', note: '' }];
    const app = with_({ plain: { examples: example('plain') }, strange: { examples: example('strange') } });
    const titlesIn = async (dialect: string) =>
      (await app.examples?.(dialect, { seed: 1, people: 1 }))?.map(({ title }) => title);
    expect(await titlesIn('strange')).toEqual(['strange', 'of all']);
    expect(await titlesIn('another')).toEqual(['plain', 'of all']);
  });

  it('receives HL7 v2 where a part says so, and nowhere else', () => {
    const notAsked = () => Promise.reject(new Error('only who receives is asked'));
    const hl7v2 = { participantsIn: () => ['recipient'], deliver: notAsked, send: notAsked, listen: notAsked };
    const app = with_({ plain: { hl7v2: { ...hl7v2, consumers: {} } }, mail: {} });
    expect(['plain', 'another', 'mail'].map((dialect) => app.hl7v2?.participantsIn(dialect))).toEqual([
      ['recipient'],
      ['recipient'],
      [],
    ]);
  });

  it('handles a queue of two dialects as the sandbox speaks, and has no two queues of one name', async () => {
    const heard: string[] = [];
    const queue = (says: string, participant = 'broker'): Consumer => ({
      participant,
      handle: async () => {
        heard.push(says);
      },
    });
    const { consumers } = with_({
      plain: { consumers: { tell: queue('plain') } },
      mail: { consumers: { tell: queue('mail') } },
    });
    // As far as it is asked here.
    for (const dialect of ['mail', 'plain', 'another'])
      await consumers?.tell?.handle(
        {} as Partial<Message> as Message,
        { dialect: { id: dialect } } as Partial<Ctx> as Ctx,
      );
    expect(heard).toEqual(['mail', 'plain', 'plain']);
    const another = { mail: { consumers: { tell: queue('mail', 'somebody-else') } } };
    expect(() => with_({ plain: { consumers: { tell: queue('plain') } }, ...another })).toThrow('The consumer tell');
  });

  it('is told to act in the dialects that have the act, as each has it', async () => {
    const { acts } = with_({
      plain: { acts: { sender: { send: act('send'), ring: act('ring') } } },
      mail: { acts: { sender: { send: { ...act('send'), run: async () => 'posted' } } } },
    });
    const { send, ring, list } = acts?.sender ?? {};
    expect([send?.dialects, ring?.dialects, list?.dialects]).toEqual([
      ['plain', 'strange', 'mail', 'another'],
      ['plain', 'strange', 'another'],
      undefined,
    ]);
    const sent = ['plain', 'mail', 'another'].map((id) => send?.run({}, { dialect: { id } } as Partial<Ctx> as Ctx));
    expect(await Promise.all(sent)).toEqual(['send', 'posted', 'send']);
    const otherwise = { mail: { acts: { sender: { ring: act('knock') } } } };
    expect(() => with_({ plain: { acts: { sender: { ring: act('ring') } } }, ...otherwise })).toThrow('The act ring');
    expect(() => with_({ plain: { acts: { sender: { list: act('list') } } } })).toThrow('the act list');
  });

  it('goes its own way in a dialect where the part says so, and the plain one in all else', () => {
    const ways = waysOf({ greet: (name: string) => `Dear ${name}`, number: 1 });
    const app = with_({ plain: {}, strange: { ways: ways.own({ greet: (name) => name.toUpperCase() }) } });
    const said = ['plain', 'strange', 'another'].map((id) => {
      const { greet, number } = ways.in(inWaysOf(app, { dialect: { id } as Partial<Dialect> as Dialect }));
      return [greet('Ada'), number];
    });
    expect(said).toEqual([
      ['Dear Ada', 1],
      ['ADA', 1],
      ['Dear Ada', 1],
    ]);
  });

  it('may not have two of one name', () => {
    const other = async () => ({ status: 204 });
    expect(() => with_({ plain: { handlers: { shared: handler } } })).not.toThrow();
    expect(() => with_({ plain: { handlers: { shared: other } } })).toThrow('the handler shared');
  });
});
