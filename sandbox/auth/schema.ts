import type { Migration } from '../sql/port.ts';

/**
 * By sandbox and not by its serial: a reset keeps who may call, and breaks nobody's token. All times are real (rules 4). What
 * lives for minutes has `expires_real`, by which the sweeper finds it, whether its sandbox is still there or not.
 */
export const authMigrations: readonly Migration[] = [
  {
    id: 'auth-1',
    statements: [
      // What is registered of a participant as a client, beyond its credential.
      `create table auth_client (
        sandbox text not null, participant text not null, jwks text, jwks_url text, redirect_uris text not null,
        open bigint not null, scopes text not null,
        primary key (sandbox, participant))`,
      // Tokens are kept as their hash.
      `create table auth_token (
        hash text primary key, sandbox text not null, participant text not null, subject text, rights text not null,
        expires_real bigint not null)`,
      'create index auth_token_expires on auth_token (expires_real)',
      `create table auth_jti (
        sandbox text not null, participant text not null, jti text not null, expires_real bigint not null,
        primary key (sandbox, participant, jti))`,
      'create index auth_jti_expires on auth_jti (expires_real)',
      // What the OpenID provider keeps: sessions, codes, grants, refresh tokens.
      `create table auth_entity (
        sandbox text not null, model text not null, id text not null, payload text not null, grant_id text, uid text,
        expires_real bigint not null,
        primary key (sandbox, model, id))`,
      'create index auth_entity_expires on auth_entity (expires_real)',
      'create index auth_entity_grant on auth_entity (sandbox, grant_id) where grant_id is not null',
      // The key by which the OpenID provider signs ID tokens, and its cookies.
      'create table auth_signing (sandbox text primary key, jwk text not null, cookies text not null)',
    ],
  },
];
