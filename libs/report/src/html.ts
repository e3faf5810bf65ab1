/** Markup that is safe to put into a page: made by the `html` template or declared trusted. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

/**
 * A template whose values are escaped unless they are `Html` themselves, so that text from tables can never become
 * markup. `undefined` becomes nothing; lists are joined. Values may stand between tags or inside a quoted attribute,
 * nowhere else (not in script, style, or an unquoted attribute).
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = parts[0];
  values.forEach((value, index) => {
    text += markup(value) + parts[index + 1];
  });
  return new Html(text);
}

/** Declares text to be markup: for what this project drew or wrote itself, such as SVG figures. */
export function trusted(text: string): Html {
  return new Html(text);
}

function markup(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(markup).join('');
}

export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** JSON for a `<script type="application/json">`: no `<`, so that nothing in it can end the element. */
export function jsonForScript(value: unknown): Html {
  return new Html(
    JSON.stringify(value)
      .replace(/</g, '\\u003c')
      .replace(/\u2028/g, '\\u2028')
      .replace(/\u2029/g, '\\u2029'),
  );
}
