import { Ball, reachOf } from '@oinr/transfer';
import type { Grid } from '@oinr/volume';

/** Width of a blob after smoothing, mm: widths of Gaussians add by their squares. */
export function smoothedWidth(size: number, smooth: number): number {
  return Math.hypot(size, smooth);
}

/**
 * How far centres of one size are apart at least, mm: so that blobs do not meet, neither where they are implanted nor
 * after smoothing, and what imputation carries along from slice to slice does not reach the next one's core.
 */
export function apart(size: number, smooth: readonly number[], widestGap: number): number {
  const width = smoothedWidth(size, Math.max(...smooth));
  return Math.max(2 * reachOf({ fwhm: size }), 2 * reachOf({ fwhm: width }), 2 * width + widestGap);
}

/** The voxels by which a blob is looked at: `all`, to where it ends after smoothing, and its `core`, one width around. */
export function voxelsOfBlob(
  grid: Grid,
  inside: ArrayLike<number>,
  size: number,
  smooth: number,
): (centre: number) => { readonly all: readonly number[]; readonly core: readonly number[] } {
  const width = smoothedWidth(size, smooth);
  const ball = new Ball(grid, reachOf({ fwhm: width }));
  return (centre) => {
    const all: number[] = [];
    const core: number[] = [];
    ball.visit(centre, (voxel, distance) => {
      if (inside[voxel] !== 1) return;
      all.push(voxel);
      if (distance <= width) core.push(voxel);
    });
    return { all, core };
  };
}

/**
 * The blobs of a subject in the order in which values at their cores are kept: by smoothing, size and place. `centres`
 * by size.
 */
export function blobOrder<Centre>(
  smooth: readonly number[],
  sizes: readonly number[],
  centres: (size: number) => readonly Centre[],
): { readonly smooth: number; readonly size: number; readonly index: number; readonly centre: Centre }[] {
  return smooth.flatMap((width) =>
    sizes.flatMap((size) => centres(size).map((centre, index) => ({ smooth: width, size, index, centre }))),
  );
}

/** Numbers as text, float32. */
export function packed(values: readonly ArrayLike<number>[]): string {
  const all = Float32Array.from(values.flatMap((part) => Array.from(part)));
  return Buffer.from(all.buffer).toString('base64');
}

/** What `packed` has made. */
export function unpacked(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
