import type { Example } from '../../sandbox/seed-options.ts';

/** People worth looking for. */
export const peopleToFind = async (): Promise<readonly Example[]> => [
  { title: 'Two organisations hold something', value: '9000000009', note: 'A crisis plan and a contingency plan' },
  {
    title: 'One of two is refused',
    value: '9000000025',
    note: 'The registry shows both pointers; one repository lets nobody have its document until it allows them',
  },
  { title: 'Nobody has registered anything', value: '9000000033', note: 'Which does not mean that there is nothing' },
];
