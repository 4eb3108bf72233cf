import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asked } from '../asked.ts';
import { formOf } from '../asked.ts';
import { errorPage, signInPage } from './page.ts';
import type { Opened } from './provider.ts';

const show = (response: ServerResponse, status: number, html: string): void => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
};

/**
 * The page on which somebody chooses who to be, and what comes of it. Which request for authorisation it belongs to is known
 * by a cookie that no other site's form is sent with (SameSite), so that nobody is signed in from elsewhere.
 */
export const answerSignIn = async (
  asked: Asked,
  { provider, mount, users }: Opened,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const details = await provider.interactionDetails(request, response).catch(() => undefined);
  const uid = asked.path.slice('/sign-in/'.length);
  if (details === undefined || details.uid !== uid)
    return show(response, 400, errorPage(mount, 'This sign-in has ended, or was begun in another browser'));
  const client = (await provider.Client.find(String(details.params.client_id)))?.clientName ?? 'unknown';
  asked.from(client, false);
  const sign = { mount, uid, client, users };
  if (asked.method !== 'POST') return show(response, 200, signInPage(sign));
  const form = formOf(asked);
  if (form.get('do') === 'cancel') {
    const result = { error: 'access_denied', error_description: 'The user did not sign in' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const user = users.find(({ id }) => id === form.get('user'));
  if (user === undefined)
    return show(response, 400, signInPage({ ...sign, problem: 'Choose one of the users, then sign in' }));
  const login = { accountId: user.id, remember: false };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
};
