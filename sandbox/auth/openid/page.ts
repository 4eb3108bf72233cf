import type { User } from './users.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const page = (mount: string, title: string, main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${escaped(mount)}/sign-in.css">
</head>
<body>
<header>
<div class="band"><p>Sandbox sign-in</p></div>
<div class="phase"><p><strong>Demonstrator</strong> <span>Not an NHS service. Synthetic data only.</span></p></div>
</header>
<main>
${main}
</main>
</body>
</html>
`;

export interface SignIn {
  readonly mount: string;
  readonly uid: string;
  /** Whose client asks: the participant. */
  readonly client: string;
  readonly users: readonly User[];
  /** Said where the form came back without a choice. */
  readonly problem?: string;
}

const choice = ({ id, name, role }: User): string => `<div class="choice">
<input type="radio" name="user" id="user-${escaped(id)}" value="${escaped(id)}" aria-describedby="role-${escaped(id)}">
<div><label for="user-${escaped(id)}">${escaped(name)}</label><p class="hint" id="role-${escaped(id)}">${escaped(role)}</p></div>
</div>`;

/** Who signs in, chosen of those that there are; and by that, that the client may act for them. */
export const signInPage = ({ mount, uid, client, users, problem }: SignIn): string => {
  const title = 'Choose who signs in';
  const error = problem === undefined ? '' : `<p class="error" id="problem" role="alert">${escaped(problem)}</p>`;
  return page(
    mount,
    problem === undefined ? title : `Error: ${title}`,
    `<h1>${title}</h1>
<p>The client of the participant <strong>${escaped(client)}</strong> asks to act for a user of this sandbox. Nobody here is real, so there is no password. Signing in lets the client read and write as far as the chosen person may.</p>
<form method="post" action="${escaped(mount)}/sign-in/${escaped(uid)}" novalidate>
<fieldset${problem === undefined ? '' : ' aria-describedby="problem"'}>
<legend>Synthetic users</legend>
${error}
${users.map(choice).join('\n')}
</fieldset>
<div class="actions">
<button type="submit" name="do" value="sign-in">Sign in and continue</button>
<button type="submit" name="do" value="cancel" class="secondary">Cancel</button>
</div>
</form>`,
  );
};

export const errorPage = (mount: string, why: string): string =>
  page(
    mount,
    'You cannot sign in',
    `<h1>You cannot sign in</h1>
<p>The request that brought you here is not as it should be, so there is nowhere that you could be sent back to safely.</p>
<p class="error">${escaped(why)}</p>
<p>Go back to the application that sent you, and start again. The sandbox’s journal shows the request.</p>`,
  );
