/** Text set in figures: DejaVu Sans where it is bundled (PNG), a close relative where a browser draws the SVG. */
export const fontFamily = "'DejaVu Sans', Verdana, 'Segoe UI', sans-serif";

/** Ink, quiet ink, rules and paper of every figure. Contrast of the inks on paper is at least 7 : 1. */
export const ink = '#1a1a1a';
export const quietInk = '#4d4d4d';
export const rule = '#c9c9c9';
export const paper = '#ffffff';

/** Makes text safe as XML content or attribute value. Control characters that XML forbids become spaces. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is removed here
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One SVG element. Attribute values are escaped; `children` are markup already made by this function. */
export function element(name: string, attributes: Attributes = {}, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? shortNumber(value) : escapeXml(value ?? '')}"`,
    )
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A line of text at (x, y); the text is escaped. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, 'font-size': 12, fill: ink, ...attributes }, [escapeXml(text)]);
}

/** What a figure is, for those who cannot see it. */
export interface FigureText {
  readonly title: string;
  /** What the figure shows, in words, with the finding where there is one. */
  readonly description: string;
}

/** The outermost element: size in px, a white ground, title and description for screen readers. */
export function svgDocument(
  width: number,
  height: number,
  text: FigureText,
  children: readonly string[],
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${shortNumber(width)} ${shortNumber(height)}`,
      width,
      height,
      role: 'img',
      'aria-label': `${text.title}. ${text.description}`,
      'font-family': fontFamily,
    },
    [
      element('title', {}, [escapeXml(text.title)]),
      element('desc', {}, [escapeXml(text.description)]),
      element('rect', { width, height, fill: paper }),
      ...children,
    ],
  );
}

/** At most three decimals: enough for a thousandth of a pixel, and the same text on every machine. */
export function shortNumber(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/**
 * Width in px of text in DejaVu Sans, from above: wide enough for layout without measuring fonts. `size` in px.
 */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[A-Z%MWmw@]/.test(character)) ems += 0.8;
    else if (/[iljtf.,:;|!' ()]/.test(character)) ems += 0.4;
    else ems += 0.64;
  }
  return ems * size;
}
