import { describe, expect, it } from 'vitest';
import type { Interaction } from '../data/api-types.ts';
import { layoutSequence } from './sequence-layout.ts';
import { wrapText } from './wrap-text.ts';

const people = [
  { name: 'requester', title: 'Requester' },
  { name: 'provider', title: 'Provider' },
];
const steps: Interaction[] = [
  { from: 'requester', to: 'provider', label: 'Read', kind: 'call' },
  {
    from: 'provider',
    to: 'requester',
    label: 'The record, with its version, and all that belongs to it at this moment in time',
    kind: 'reply',
  },
  { from: 'provider', to: 'provider', label: 'Files it', kind: 'call' },
  { from: 'provider', to: 'provider', label: 'A remark', kind: 'note' },
];

describe('the layout of a sequence', () => {
  const layout = layoutSequence(people, steps);

  it('has a lane for each participant and a message for each interaction, from top to bottom', () => {
    expect(layout.lanes.map((lane) => lane.name)).toEqual(['requester', 'provider']);
    const tops = layout.messages.map((message) => message.y);
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
  });

  it('stays inside the drawing', () => {
    for (const message of layout.messages) {
      expect(message.y + 20).toBeLessThanOrEqual(layout.height);
      expect(message.textX).toBeGreaterThan(0);
      expect(message.textX).toBeLessThan(layout.width);
    }
  });

  it('says each message in a sentence', () => {
    expect(layout.messages.map((message) => message.sentence)).toEqual([
      'Requester to Provider, call: Read',
      'Provider to Requester, reply: The record, with its version, and all that belongs to it at this moment in time',
      'Provider to Provider, call: Files it',
      'Provider: A remark',
    ]);
  });

  it('knows a message to oneself from a remark', () => {
    expect(layout.messages.map((message) => message.toSelf)).toEqual([false, false, true, false]);
  });

  it('adds a lane for whoever was not introduced', () => {
    const other = layoutSequence(people, [{ from: 'requester', to: 'registry', label: 'Ask', kind: 'call' }]);
    expect(other.lanes.map((lane) => lane.name)).toEqual(['requester', 'provider', 'registry']);
  });
});

describe('wrapping text', () => {
  it.each([
    ['one two three', 8, 3, ['one two', 'three']],
    ['one two three four', 8, 2, ['one two', 'three…']],
    ['indivisible-and-long', 5, 2, ['indivisible-and-long']],
    ['', 5, 2, []],
  ])('%j in %i characters and %i lines', (text, width, most, lines) => {
    expect(wrapText(text, width, most)).toEqual(lines);
  });
});
