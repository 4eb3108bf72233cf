import type { Migration } from '../sql/port.ts';

/**
 * One table is outbox, queue, inbox and dead letters (rules 2). A message is, by `state`:
 * `ready` to be relayed; `sent`, that is with the broker or being handled; `waiting` for a time of the sandbox clock;
 * `following` another of its key that is not finished; `held`, since nobody here handles what its receiver gets; `done`;
 * or `dead`. `attempt` is the one that is next or under way, from 1: with it, what is delivered late or twice is told apart.
 * A body that is large lies in the blob store, and `claim` says which it is. Others lie in `message_body`, for what changes a
 * row writes all of it again; there the journal finds them, too, so they stay for as long as the sandbox does. Where a
 * store is older, `body` has what was sent before.
 * Each index holds only what is in one of the states, so that a message that is done costs none.
 */
export const messageMigrations: readonly Migration[] = [
  {
    id: 'message-1',
    statements: [
      `create table message (
        serial bigint not null, id text not null, seq bigint not null, sandbox text not null,
        queue text not null, sender text not null, receiver text not null, ordering text,
        headers text not null, content_type text, body bytea not null,
        state text not null, attempt bigint not null, at bigint not null, changed bigint not null,
        due bigint, expires bigint, sent_real bigint, reason text,
        primary key (serial, id))`,
      `create index message_ready on message (serial, seq) where state = 'ready'`,
      `create index message_sent on message (serial, seq) where state = 'sent'`,
      `create index message_waiting on message (serial, queue, due) where state = 'waiting'`,
      `create index message_held on message (serial, receiver, seq) where state = 'held'`,
      `create index message_dead on message (serial, queue, seq) where state = 'dead'`,
      `create index message_ordering on message (serial, queue, ordering, seq)
        where ordering is not null and state <> 'done' and state <> 'dead'`,
    ],
  },
  {
    id: 'kept-reply-1',
    statements: [
      `create table kept_reply (
        serial bigint not null, participant text not null, sender text not null, id text not null,
        fingerprint text not null, status bigint not null, headers text not null, body bytea not null,
        primary key (serial, participant, sender, id))`,
    ],
  },
  { id: 'message-2', statements: ['alter table message add column claim text'] },
  {
    id: 'message-3',
    statements: [
      // Attempts before the last time that a dead letter was put back into its queue.
      'alter table message add column spent bigint not null default 0',
      'drop index message_waiting',
      `create index message_waiting on message (serial, queue, seq) where state = 'waiting'`,
      `create index message_following on message (serial, queue, seq) where state = 'following'`,
      `create index message_held_queue on message (serial, queue, seq) where state = 'held'`,
    ],
  },
  {
    id: 'message-4',
    statements: [
      `create table message_body (serial bigint not null, id text not null, body bytea not null, primary key (serial, id))`,
    ],
  },
  {
    id: 'message-5',
    statements: [
      // Which node has it with the broker, where several share the store: see nodes.ts.
      'alter table message add column sent_by text',
      `create table node (
        id text primary key, host text not null, pid bigint not null, began_real bigint not null,
        until_real bigint not null)`,
    ],
  },
  {
    id: 'kept-reply-2',
    statements: [
      // The key is most of a row, and was kept twice: in an index besides the table.
      `create table kept_reply_2 (
        serial bigint not null, participant text not null, sender text not null, id text not null,
        fingerprint text not null, status bigint not null, headers text not null, body bytea not null,
        primary key (serial, participant, sender, id)) without rowid`,
      `insert into kept_reply_2 (serial, participant, sender, id, fingerprint, status, headers, body)
        select serial, participant, sender, id, fingerprint, status, headers, body from kept_reply`,
      'drop table kept_reply',
      'alter table kept_reply_2 rename to kept_reply',
    ],
  },
  {
    id: 'broker-access-1',
    statements: [
      'alter table participant add column queue bigint not null default 0',
      'create index participant_queue on participant (sandbox) where queue = 1',
      // What a party outside has of the broker, by its name there: see access-rows.ts.
      `create table broker_access (
        name text primary key, sandbox text not null, serial bigint not null, participant text not null,
        url text, exchange text, queue text, routing_keys text, reason text, tended_real bigint)`,
      'create unique index broker_access_serial on broker_access (serial, participant)',
      'create index broker_access_exchange on broker_access (exchange) where exchange is not null',
    ],
  },
  {
    id: 'message-6',
    statements: [
      // What faults make of it, decided when it was accepted: see message-fate.ts.
      'alter table message add column fate text',
      'alter table fault add column list text',
      'alter table fault add column accepted bigint not null default 0',
    ],
  },
];
