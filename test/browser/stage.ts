import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Service, startService, temporaryFolder } from '../e2e/running-service.ts';
import { launchChromium } from './chromium.ts';
import { buildPages } from './pages-built.ts';

/** The service and a browser, for tests of the pages as a reader meets them. */
export interface Stage {
  /** Where the service is, without a trailing slash. */
  readonly url: string;
  readonly browser: Browser;
  /** A page of a fresh browser profile; `complaints` fills with errors of the console and violations of the CSP. */
  open(path: string, options?: BrowserContextOptions): Promise<{ readonly page: Page; readonly complaints: string[] }>;
  close(): Promise<void>;
}

export const openStage = async (env: Readonly<Record<string, string>> = {}): Promise<Stage> => {
  await buildPages();
  const folder = temporaryFolder();
  let service: Service | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await service?.stop();
    folder.remove();
  };
  try {
    service = await startService(folder.path, env);
    browser = await launchChromium();
    const { url } = service;
    const opened = browser;
    return {
      url,
      browser,
      close,
      async open(path, options = {}) {
        const context = await opened.newContext({ viewport: { width: 1280, height: 800 }, baseURL: url, ...options });
        context.setDefaultTimeout(10_000);
        const page = await context.newPage();
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => {
          // That the service refused a request is a test's own matter, and Chromium always says it.
          if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
            complaints.push(message.text());
        });
        await page.goto(path);
        await page.locator('main h1').first().waitFor();
        return { page, complaints };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};
