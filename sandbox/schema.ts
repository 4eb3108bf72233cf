import { authMigrations } from './auth/schema.ts';
import { blobMigrations } from './blobs.ts';
import { messageMigrations } from './messages/schema.ts';
import type { Migration } from './sql/port.ts';

/**
 * The tables every sandbox needs, whatever its pattern. Rows that die with a reset are keyed by `serial` (one generation
 * of one sandbox, see space.ts), so that a reset takes the next serial and the old rows are swept in pages.
 * Times ending in `_real` are on the real clock; `due` and `at` are on the sandbox clock (rules 4).
 */
export const coreMigrations: readonly Migration[] = [
  {
    id: 'core-1',
    statements: [
      'create table counter (name text primary key, value bigint not null)',
      `create table sandbox (
        id text primary key, pattern text not null, dialect text not null, auth text not null, seed bigint not null,
        generation bigint not null, serial bigint not null, decision text,
        created_real bigint not null, expires_real bigint not null,
        seq bigint not null,
        clock_base bigint not null, clock_anchor_real bigint not null, clock_speed double precision not null,
        clock_target bigint, next_due_real bigint,
        lease_owner text, lease_until_real bigint)`,
      'create unique index sandbox_serial on sandbox (serial)',
      'create index sandbox_expires on sandbox (expires_real)',
      'create index sandbox_decision on sandbox (decision) where decision is not null',
      'create index sandbox_next_due on sandbox (next_due_real) where next_due_real is not null',
      `create table participant (
        sandbox text not null, name text not null, position bigint not null, mode text not null,
        url text, credential text not null, outbound_credential text,
        primary key (sandbox, name))`,
      'create index participant_credential on participant (credential)',
      `create table access_key (
        id text primary key, sandbox text not null, hash text not null, label text not null, scope text not null,
        participant text, created_real bigint not null)`,
      'create unique index access_key_hash on access_key (hash)',
      'create index access_key_sandbox on access_key (sandbox)',
      `create table exchange (
        serial bigint not null, seq bigint not null, cursor bigint not null, id text not null,
        kind text not null, at bigint not null, at_real bigint not null,
        sender text not null, receiver text not null, claimed bigint not null,
        operation text, summary text, fault text, note text, milliseconds double precision,
        request text, request_body bytea, reply text, reply_body bytea,
        primary key (serial, id))`,
      'create unique index exchange_cursor on exchange (serial, cursor)',
      `create table timer (
        serial bigint not null, due bigint not null, seq bigint not null,
        participant text not null, name text not null, data text not null,
        primary key (serial, due, seq)) without rowid`,
      `create table fault (
        serial bigint not null, position bigint not null, id text not null, participant text not null, operation text,
        probability double precision not null, remaining bigint, matching text, effect text not null, seen bigint not null,
        primary key (serial, position)) without rowid`,
      `create table scenario_progress (
        serial bigint not null, scenario text not null, played bigint not null, results text not null,
        primary key (serial, scenario)) without rowid`,
      'create table template (name text primary key, pattern text not null, serial bigint not null, seq bigint not null)',
      'create table doomed (serial bigint primary key, pattern text not null)',
    ],
  },
  {
    id: 'core-2',
    statements: [
      // How much of the journal there is of a serial, and how many exchanges were dropped: see journal-bound.ts.
      `create table journal_extent (
        serial bigint primary key, exchanges bigint not null, bytes bigint not null, dropped bigint not null)`,
    ],
  },
  {
    id: 'mllp-1',
    statements: [
      // By sandbox and not by its serial: a reset keeps the port.
      'create table mllp_port (port bigint primary key, sandbox text not null, participant text not null)',
      'create index mllp_port_sandbox on mllp_port (sandbox)',
    ],
  },
  // An external system may be called over HTTP and take HL7 v2 as well.
  { id: 'mllp-2', statements: ['alter table participant add column mllp_url text'] },
  ...messageMigrations,
  ...blobMigrations,
  ...authMigrations,
];
