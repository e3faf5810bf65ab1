import { existsSync } from 'node:fs';

/** Where a Chromium is, if one is installed; CHROMIUM names another. */
export const browser = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));

/** Says that a test opens nothing, and why, where there is none. */
export function sayWithoutBrowser(what: string): void {
  if (browser === undefined)
    console.log(
      `${what} was not opened in a browser: no Chromium is installed (or set CHROMIUM to its path).`,
    );
}

/** How it is started for tests: quiet, and with WebGL 2 drawn in software where there is no GPU. */
export const flags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
