import { describe, expect, it } from 'vitest';
import { createLanes } from './postgres-lanes.ts';

interface Running {
  readonly group: readonly string[];
  readonly end: () => void;
}

/** Lanes whose work ends when the test says so. */
const open = () => {
  const running: Running[] = [];
  const enter = createLanes<string>(
    (group) =>
      new Promise((resolve) => {
        running.push({ group, end: resolve });
      }),
  );
  const end = async (index: number): Promise<void> => {
    running[index]?.end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { enter, end, begun: () => running.map(({ group }) => group) };
};

describe('lanes', () => {
  it('let those side by side run that share none, and hand over as a group what has piled up in one', async () => {
    const { enter, end, begun } = open();
    enter('a1', [1]);
    enter('b1', [2]);
    enter('a2', [1]);
    enter('a3', [1]);
    expect(begun()).toEqual([['a1'], ['b1']]);
    await end(0);
    expect(begun().slice(2)).toEqual([['a2', 'a3']]);
    await end(2);
    enter('a4', [1]);
    expect(begun().slice(3)).toEqual([['a4']]);
  });

  it('let what stands in several wait for its turn in each, and others behind it in any of them', async () => {
    const { enter, end, begun } = open();
    enter('a1', [1]);
    enter('both', [1, 2, 1]);
    enter('b1', [2]);
    enter('a2', [1]);
    expect(begun()).toEqual([['a1']]);
    await end(0);
    expect(begun().slice(1)).toEqual([['both']]);
    await end(1);
    expect(begun().slice(2)).toEqual([['a2'], ['b1']]);
  });
});
