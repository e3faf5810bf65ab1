import { Niivue, NVImage } from '@niivue/niivue';
import { InputError } from '@oinr/errors';

/** Three cuts before and three after, one over the other, with the acquired slices marked. */
export class Viewer {
  readonly #before: Niivue;
  readonly #after: Niivue;

  private constructor(before: Niivue, after: Niivue) {
    this.#before = before;
    this.#after = after;
  }

  /** @throws InputError where the browser has no WebGL 2. */
  static async open(before: HTMLCanvasElement, after: HTMLCanvasElement): Promise<Viewer> {
    if (document.createElement('canvas').getContext('webgl2') === null)
      throw new InputError(
        'This browser has no WebGL 2, by which images are shown. Slices can be filled and saved all the same.',
      );
    const [one, other] = [settings(), settings()];
    await one.attachToCanvas(before);
    await other.attachToCanvas(after);
    one.broadcastTo([other], { '2d': true, '3d': false });
    other.broadcastTo([one], { '2d': true, '3d': false });
    for (const niivue of [one, other]) niivue.setSliceType(niivue.sliceTypeMultiplanar);
    return new Viewer(one, other);
  }

  /** Shows a scan as it was acquired. */
  async showBefore(image: File, acquired: File): Promise<void> {
    await show(this.#before, image, acquired);
    for (const old of [...this.#after.volumes]) this.#after.removeVolume(old);
  }

  /** Shows a filled scan over it, in the same greys. */
  async showAfter(image: File, acquired: File): Promise<void> {
    await show(this.#after, image, acquired);
    const [before] = this.#before.volumes;
    const [after] = this.#after.volumes;
    after.cal_min = before.cal_min;
    after.cal_max = before.cal_max;
    this.#after.updateGLVolume();
    this.#after.scene.crosshairPos = this.#before.scene.crosshairPos;
    this.#after.drawScene();
  }

  mark(isMarked: boolean): void {
    for (const niivue of [this.#before, this.#after])
      if (niivue.volumes.length > 1) niivue.setOpacity(1, isMarked ? markOpacity : 0);
  }

  /** Draws both again, so that their canvases can be read at once. */
  draw(): void {
    this.#before.drawScene();
    this.#after.drawScene();
  }
}

const markOpacity = 0.35;

function settings(): Niivue {
  return new Niivue({
    backColor: [0, 0, 0, 1],
    crosshairWidth: 0.4,
    crosshairColor: [0.7, 0.75, 0.7, 0.6],
    isColorbar: false,
    isOrientCube: false,
    // Voxels as they are: what is seen is what is there.
    isNearestInterpolation: true,
    isRadiologicalConvention: false,
    dragAndDropEnabled: false,
    loadingText: '',
    // Never the 3-D rendering, which says nothing that the cuts do not.
    multiplanarShowRender: 0,
  });
}

async function show(niivue: Niivue, image: File, acquired: File): Promise<void> {
  for (const old of [...niivue.volumes]) niivue.removeVolume(old);
  niivue.addVolume(await NVImage.loadFromFile({ file: image, name: image.name, colormap: 'gray' }));
  const marks = await NVImage.loadFromFile({ file: acquired, name: acquired.name, colormap: 'green' });
  marks.cal_min = 0.5;
  marks.cal_max = 1;
  niivue.addVolume(marks);
  niivue.setOpacity(1, markOpacity);
  niivue.setInterpolation(true);
}
