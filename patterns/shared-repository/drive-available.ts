import type { Listener } from '../../sandbox/conformance/listener.ts';
import type { Session } from '../../sandbox/conformance/session.ts';

/** How long an event may take, where the profile gives it that time. */
const PATIENCE = 5_000;

/** Listens for events, where the profile says where: the repository has to be told of that before. */
export const listenForEvents = async (session: Session): Promise<Listener | undefined> => {
  const { listen } = session.profile;
  if (listen.port === undefined && listen.publicUrl === undefined) return undefined;
  const listener = await session.listen('available');
  listener.answer(() => ({ status: 204 }));
  return listener;
};

/** Waits for word of what was written. */
export const hear = async (session: Session, listener: Listener | undefined, id: string): Promise<void> => {
  if (listener === undefined) {
    session.leaveOut(
      ['available'],
      'the profile names no place where events may come (listen.port), which the repository is told of before',
    );
    return;
  }
  const { timeout } = session.profile;
  await listener.next(({ request }) => (request.body ?? '').includes(id), Math.min(PATIENCE, timeout));
};
