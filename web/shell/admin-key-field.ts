import { html, type TemplateResult } from 'lit';

/** Shown once the service has refused for want of its ADMIN_KEY: beyond loopback it asks for one to create things. */
export const adminKeyField = (): TemplateResult => html`
  <div class="nhsuk-form-group">
    <label class="nhsuk-label" for="admin-key">Key of this service</label>
    <div class="nhsuk-hint" id="admin-key-hint">Whoever runs it has set one (ADMIN_KEY). It is kept in this tab only.</div>
    <input class="nhsuk-input" id="admin-key" name="admin-key" type="password" autocomplete="off" aria-describedby="admin-key-hint">
  </div>
`;
