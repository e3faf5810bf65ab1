import { psnr } from '@oinr/metrics';
import { type Image, resizeBicubic } from '@oinr/signals';
import type { Bench, Experiment, Trial, TrialResult } from '../experiment.ts';

/** Table 1: a photograph as the weights of a network, by four networks, and by a thumbnail of as many numbers. */
export const images: Experiment = {
  name: 'images',
  title: 'Representation of images',
  redoes: 'Table 1, Figs 3 and 11',
  about: 'A network is fitted to a photograph; PSNR to it.',
  takes: 'image',
  cases: ['coffee', 'rocket', 'astronaut', 'chelsea'],
  trials: () => [bicubic],
};

const bicubic: Trial = {
  method: 'bicubic',
  guess: 0,
  async run(bench: Bench): Promise<TrialResult> {
    const image = await bench.image();
    const began = bench.clock();
    const small = resizeBicubic(image, Math.ceil(image.height / 2), Math.ceil(image.width / 2));
    const back = resizeBicubic(small, image.height, image.width);
    return {
      shape: `${image.height}x${image.width}`,
      measurements: [
        {
          parameters: small.data.length,
          step: 0,
          seconds: bench.clock() - began,
          metric: 'psnr_db',
          value: psnrOf(back, image),
        },
      ],
      pictures: [{ image: back }, { label: 'truth', image }],
      remarks: image.remarks,
    };
  },
};

function psnrOf(a: Image, b: Image): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
  return psnr(sum / a.data.length);
}
