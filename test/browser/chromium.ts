import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** CHROMIUM_PATH, or the first Chromium or Chrome on the PATH and in /usr/bin; undefined where there is none. */
export const findChromium = (env: Readonly<Record<string, string | undefined>> = process.env): string | undefined => {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/opt/google/chrome'];
  const candidates = folders
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [env.CHROMIUM_PATH ?? '', ...candidates].find((path) => path !== '' && isExecutable(path));
};

/**
 * Whether browser tests can run. Where they cannot they are skipped, and one line says so; with REQUIRE_BROWSER (as CI
 * sets it) that is an error instead.
 */
export const browserIsThere = (): boolean => {
  if (findChromium() !== undefined) return true;
  if (process.env.REQUIRE_BROWSER === 'true') throw new Error('REQUIRE_BROWSER is set, but no Chromium was found');
  process.stderr.write('Browser tests are SKIPPED: no Chromium was found. Install chromium, or set CHROMIUM_PATH.\n');
  return false;
};

/** What Playwright switches off by itself, as its version that is pinned has it: a list of our own takes the place of that. */
const USUALLY_OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/**
 * What every window gets, and no test looks at: the list under the address bar, which is pages and processes of its own, and a
 * process for the next page. Without them a fresh profile costs half of the processor's time.
 */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'SpareRendererForSitePerProcess'];

/** Headless, and silent towards the network: no updates, no background traffic, no sandbox (CI runs as root). */
export const launchChromium = (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) return Promise.reject(new Error('no Chromium was found'));
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${[...USUALLY_OFF, ...UNSEEN].join(',')}`,
    ],
  });
};
