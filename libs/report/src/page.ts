import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Html, html, trusted } from './html.ts';

export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  /** A line under the title. */
  readonly subtitle: Html;
  readonly sections: readonly Section[];
  /** Scripts that run after the page's own, such as the viewer; each is inlined. */
  readonly scripts?: readonly string[];
  readonly footer: Html;
}

/** A file of this package's `assets` folder. */
export function asset(name: string): string {
  return readFileSync(join(import.meta.dirname, 'assets', name), 'utf8');
}

/** Script text that cannot end its element early, whatever it holds. */
function inlineScript(text: string): Html {
  return trusted(`<script>${text.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--')}</script>`);
}

/** One HTML page that needs nothing but itself: styles, scripts, figures and data are inside; it may fetch nothing. */
export function renderPage(page: Page): string {
  const policy =
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; connect-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'";
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${page.title}</title>
<style>${trusted(asset('style.css'))}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>${page.title}</h1>
<p class="quiet">${page.subtitle}</p>
<nav aria-label="Sections"><ul>${page.sections.map(
    (section) => html`<li><a href="#${section.id}">${section.heading}</a></li>`,
  )}<li><button type="button" id="theme">Light / dark</button></li></ul></nav>
</header>
<main id="main">
${page.sections.map(
  (section) => html`<section id="${section.id}" aria-labelledby="${section.id}-heading">
<h2 id="${section.id}-heading">${section.heading}</h2>
${section.body}
</section>
`,
)}</main>
<footer class="quiet"><p>${page.footer}</p></footer>
${inlineScript(asset('tables.js'))}
${(page.scripts ?? []).map(inlineScript)}
</body>
</html>
`;
  return body.text;
}
