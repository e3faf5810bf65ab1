import { Buffer } from 'node:buffer';

/** A series as an MR scanner would write it, explicit little endian, one file for each slice. */
export interface DicomSeries {
  readonly slices: number;
  readonly size: number;
  /** mm between slices, and their thickness. */
  readonly distance: number;
  readonly thickness: number;
  /** Its number in the study. */
  readonly number: number;
  readonly transferSyntax?: string;
}

const long = new Set(['OB', 'OW']);

function element(group: number, tag: number, type: string, value: Buffer | string | number): Buffer {
  let bytes: Buffer;
  if (typeof value === 'number') {
    bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
  } else bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
  // Values have an even length: texts are filled up by a blank, UIDs by 0.
  if (bytes.length % 2 === 1) bytes = Buffer.concat([bytes, Buffer.from(type === 'UI' ? '\0' : ' ')]);
  const head = Buffer.alloc(long.has(type) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(tag, 2);
  head.write(type, 4, 'latin1');
  if (long.has(type)) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

const study = '1.2.826.0.1.3680043.8.498.1';
const mrImage = '1.2.840.10008.5.1.4.1.1.4';

/** The bytes of each file. The picture is a bright, uneven ball in a dark field. */
export function dicomFiles(series: DicomSeries): Buffer[] {
  return Array.from({ length: series.slices }, (_, slice) => dicomFile(series, slice));
}

function dicomFile(
  { slices, size, distance, thickness, number, transferSyntax }: DicomSeries,
  slice: number,
): Buffer {
  const instance = `${study}.${number}.${slice + 1}`;
  const pixels = Buffer.alloc(2 * size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = [x - size / 2, y - size / 2, (slice - slices / 2) * distance];
      const inside = Math.hypot(...from) < size / 2.5;
      const value = inside
        ? 600 + 200 * Math.sin(x / 3) + 100 * Math.cos(y / 4) + 30 * slice
        : 3 + ((7 * x + 5 * y) % 9);
      pixels.writeUInt16LE(Math.round(value), 2 * (x + size * y));
    }
  const syntax = element(0x0002, 0x0010, 'UI', transferSyntax ?? '1.2.840.10008.1.2.1');
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', mrImage),
    element(0x0002, 0x0003, 'UI', instance),
    syntax,
    element(0x0002, 0x0012, 'UI', study),
  ]);
  const length = Buffer.alloc(12);
  length.write('\x02\0\0\0UL\x04\0', 0, 'latin1');
  length.writeUInt32LE(meta.length, 8);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    length,
    meta,
    element(0x0008, 0x0008, 'CS', 'ORIGINAL\\PRIMARY\\M\\ND'),
    element(0x0008, 0x0016, 'UI', mrImage),
    element(0x0008, 0x0018, 'UI', instance),
    element(0x0008, 0x0060, 'CS', 'MR'),
    element(0x0008, 0x103e, 'LO', 'free text of a series'),
    element(0x0010, 0x0010, 'PN', 'Nobody^Known'),
    element(0x0018, 0x0050, 'DS', String(thickness)),
    element(0x0018, 0x0088, 'DS', String(distance)),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', `${study}.${number}`),
    element(0x0020, 0x0011, 'IS', String(number)),
    element(0x0020, 0x0013, 'IS', String(slice + 1)),
    element(0x0020, 0x0032, 'DS', `${-size / 2}\\${-size / 2}\\${slice * distance}`),
    element(0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x0028, 0x0002, 'US', 1),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', size),
    element(0x0028, 0x0011, 'US', size),
    element(0x0028, 0x0030, 'DS', '1\\1'),
    element(0x0028, 0x0100, 'US', 16),
    element(0x0028, 0x0101, 'US', 16),
    element(0x0028, 0x0102, 'US', 15),
    element(0x0028, 0x0103, 'US', 0),
    element(0x7fe0, 0x0010, 'OW', pixels),
  ]);
}
