import { html, type TemplateResult } from 'lit';

/** Asks for the key of a sandbox; `refused` where there was one and it did not open it. */
export const keyForm = (sandbox: string, refused: boolean, given: (key: string) => void): TemplateResult => {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const key = event.target instanceof HTMLFormElement ? String(new FormData(event.target).get('key')).trim() : '';
    if (key !== '') given(key);
  };
  return html`
    <div class="fp-reading">
      <h1 class="nhsuk-heading-xl">This sandbox needs its key</h1>
      <p class="nhsuk-body-l">${refused ? 'No sandbox opens with the key that this browser has. The sandbox may have expired, or the key is another’s.' : 'The key was shown to whoever created the sandbox; ask them for a link with the key in it.'}</p>
      <form @submit=${submit}>
        <div class="nhsuk-form-group"><label class="nhsuk-label" for="key">Key of sandbox <code>${sandbox}</code></label>
        <input class="nhsuk-input" id="key" name="key" type="password" autocomplete="off" required></div>
        <button class="nhsuk-button" type="submit">Open</button>
      </form>
    </div>`;
};
