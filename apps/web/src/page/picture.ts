import { purpose } from '@oinr/scan';

const margin = 16;
const line = 24;

/**
 * A picture of two canvases side by side, with what they show and what it is for. Both must just have been drawn: WebGL
 * keeps its picture for the moment only.
 */
export function picture(
  shown: readonly { readonly canvas: HTMLCanvasElement; readonly title: string }[],
  caption: readonly string[],
): Promise<Blob> {
  const [{ canvas: first }] = shown;
  const whole = document.createElement('canvas');
  whole.width = margin + shown.length * (first.width + margin);
  const lines = [...caption, purpose];
  whole.height = first.height + line * (lines.length + 2) + 2 * margin;
  const pen = whole.getContext('2d');
  if (pen === null) throw new Error('This browser draws no pictures.');
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, whole.width, whole.height);
  pen.fillStyle = '#fff';
  pen.font = '16px sans-serif';
  shown.forEach(({ canvas, title }, n) => {
    const left = margin + n * (first.width + margin);
    pen.fillText(title, left, margin + 16);
    pen.drawImage(canvas, left, margin + line, first.width, first.height);
  });
  lines.forEach((text, n) => {
    pen.fillText(text, margin, first.height + margin + line * (n + 2), whole.width - 2 * margin);
  });
  return new Promise((resolve, reject) =>
    whole.toBlob((blob) => (blob === null ? reject(new Error('The picture is empty.')) : resolve(blob))),
  );
}
