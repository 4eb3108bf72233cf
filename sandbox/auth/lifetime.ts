import { TOKEN_LIFE } from './token-rows.ts';

/** The parameter by which the platform lets a client have a token for less: to see it expire. Milliseconds. */
const SHORTER = '_access_token_expiry_ms';

/** Milliseconds that a token is to be good for; never longer than usual. */
export const lifetimeOf = (form: URLSearchParams): number => {
  const usual = TOKEN_LIFE * 1_000;
  const asked = form.get(SHORTER);
  return asked !== null && /^\d{1,9}$/.test(asked) && Number(asked) > 0 ? Math.min(Number(asked), usual) : usual;
};

/** As the platform says it: a text, and the whole seconds that are left once it is read. */
export const expiresIn = (milliseconds: number): string => String(Math.max(0, Math.ceil(milliseconds / 1_000) - 1));
