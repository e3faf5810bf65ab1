// The package has no types of its own: what is used of it.
declare module '@niivue/dcm2niix' {
  interface Conversion {
    b(value: 'y' | 'n'): Conversion;
    ba(value: 'y' | 'n'): Conversion;
    z(value: 'y' | 'n'): Conversion;
    f(pattern: string): Conversion;
    run(): Promise<File[]>;
  }
  export class Dcm2niix {
    worker: Worker | null;
    init(): Promise<boolean>;
    input(files: readonly File[]): Conversion;
  }
}
