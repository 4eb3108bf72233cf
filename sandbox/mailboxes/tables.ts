import { keptByStore } from '../kept-by-store.ts';

const TABLES = [
  ['mailbox', 'mailbox', ['mailbox', 'participant', 'name', 'ods', 'polls']],
  ['mailbox_workflow', 'workflow, mailbox, direction', ['workflow', 'mailbox', 'direction']],
  ['mailbox_person', 'number, mailbox', ['number', 'mailbox', 'born', 'surname']],
  [
    'mailbox_message',
    'message',
    [
      ...['message', 'seq', 'sender', 'recipient', 'address', 'workflow', 'kind', 'status', 'local', 'about', 'total'],
      ...['size', 'created', 'accepted', 'settled', 'linked', 'code', 'reason'],
    ],
  ],
  ['mailbox_chunk', 'message, chunk', ['message', 'chunk', 'reference', 'size']],
  ['mailbox_token', 'mailbox, nonce, count', ['mailbox', 'nonce', 'count', 'at']],
] as const;

/**
 * A message exchange: mailboxes with the workflows that they are registered for, people whose practice has one, the messages,
 * and the tokens that were used. All of it belongs to the store of the participant that is the exchange.
 */
export const mailboxStore = keptByStore(TABLES, [
  {
    id: 'mailbox-1',
    statements: [
      `create table mailbox (store bigint not null, mailbox text not null, participant text, name text not null,
           ods text not null, polls bigint, primary key (store, mailbox)) without rowid`,
      `create table mailbox_workflow (store bigint not null, workflow text not null, mailbox text not null,
           direction text not null, primary key (store, workflow, mailbox, direction)) without rowid`,
      `create table mailbox_person (store bigint not null, number text not null, mailbox text not null,
           born text not null, surname text not null, primary key (store, number, mailbox)) without rowid`,
      `create table mailbox_message (store bigint not null, message text not null, seq bigint not null, sender text,
           recipient text, address text not null, workflow text not null, kind text not null, status text not null,
           local text, about text not null, total bigint not null, size bigint not null, created bigint not null,
           accepted bigint, settled bigint, linked text, code text, reason text,
           primary key (store, message)) without rowid`,
      'create index mailbox_inbox on mailbox_message (store, recipient, status, seq)',
      'create index mailbox_local on mailbox_message (store, sender, local)',
      `create table mailbox_chunk (store bigint not null, message text not null, chunk bigint not null,
           reference text not null, size bigint not null, primary key (store, message, chunk)) without rowid`,
      `create table mailbox_token (store bigint not null, mailbox text not null, nonce text not null,
           count text not null, at bigint not null, primary key (store, mailbox, nonce, count)) without rowid`,
      'create index mailbox_token_age on mailbox_token (store, at)',
    ],
  },
]);
