import { fileURLToPath } from 'node:url';

/** A photograph that comes with the program; credits and terms stand in data/README.md too. */
export interface Photograph {
  readonly name: string;
  readonly path: string;
  readonly credit: string;
}

const fileOf = (name: string): string => fileURLToPath(new URL(`../data/${name}`, import.meta.url));

/** The photographs of the paper that may be passed on, and camera, which stands for its cameraman. */
export const photographs: readonly Photograph[] = [
  { name: 'coffee', path: fileOf('coffee.png'), credit: 'Rachel Michetti, CC0' },
  { name: 'rocket', path: fileOf('rocket.jpg'), credit: 'SpaceX, CC0' },
  { name: 'astronaut', path: fileOf('astronaut.png'), credit: 'NASA, public domain' },
  { name: 'chelsea', path: fileOf('chelsea.png'), credit: 'Stefan van der Walt, CC0' },
  { name: 'camera', path: fileOf('camera.png'), credit: 'Lav Varshney, CC0' },
];
