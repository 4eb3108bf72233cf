/** Where the browser keeps keys: those of sandboxes by id, so that a reload or another tab still opens them. */
const SANDBOX = 'fingerpost.sandbox.';
const ADMIN = 'fingerpost.admin';

const stored = (storage: Storage, name: string): string | undefined => storage.getItem(name) ?? undefined;

export const sandboxKey = (id: string): string | undefined => stored(localStorage, SANDBOX + id);
export const keepSandboxKey = (id: string, key: string): void => localStorage.setItem(SANDBOX + id, key);
export const forgetSandboxKey = (id: string): void => localStorage.removeItem(SANDBOX + id);

/** ADMIN_KEY of the service, where it asks for one; kept for this tab only. */
export const adminKey = (): string | undefined => stored(sessionStorage, ADMIN);
export const keepAdminKey = (key: string): void => {
  if (key === '') sessionStorage.removeItem(ADMIN);
  else sessionStorage.setItem(ADMIN, key);
};

/** `#key=…`: a fragment is never sent to a server, so it may be shared in a link where a query string may not. */
export const keyInFragment = (hash: string): string | undefined =>
  new URLSearchParams(hash.replace(/^#/, '')).get('key') ?? undefined;
