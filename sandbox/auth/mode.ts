/** How the callers of a sandbox prove who they are: `auth` of openapi/service.yaml, and of a sandbox's row. */
export const AUTH_MODES = ['none', 'bearer', 'api-key', 'signed-jwt', 'user-restricted'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** Whether callers need an access token, which they get at the sandbox's own token endpoint. */
export const usesTokens = (auth: string): boolean => auth === 'signed-jwt' || auth === 'user-restricted';

/** What stands in a sandbox's addresses where others name a participant. */
export const AUTHORISATION = 'oauth2';

/** Base of a sandbox's token endpoint and OpenID provider, and the issuer of that. */
export const issuerOf = (publicUrl: string, sandbox: string): string =>
  `${publicUrl}/sandboxes/${sandbox}/${AUTHORISATION}`;

export const tokenUrlOf = (publicUrl: string, sandbox: string): string => `${issuerOf(publicUrl, sandbox)}/token`;
