import { engineNames } from '@oinr/engines';
import * as common from '../config/common.ts';
import { choice, integer, list, path, paths } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { experimentNames } from './experimentNames.ts';

/** What can be said to the stage that redoes the experiments of the paper. */
export const paperConfig = stageConfig({
  stage: 'paper',
  options: {
    experiment: list({
      value: 'NAME ...',
      choices: experimentNames,
      default: experimentNames,
      help: 'Experiments of the paper. Default: all.',
    }),
    size: choice(['quarter', 'full'], {
      value: 'NAME',
      default: 'quarter',
      help: "quarter: a quarter of the paper's sides, with networks in proportion, for one core of a CPU; full: the paper's sizes, for a GPU or a patient CPU. Default: quarter.",
    }),
    recipe: choice(['muon', 'paper'], {
      value: 'NAME',
      default: 'muon',
      help: 'How O-INR is fitted: muon, with a linear decay over the second half, or paper, every network with Adam at the rate that was published for it. Default: muon.',
    }),
    image: paths({
      value: 'FILE ...',
      default: [],
      help: 'Images of your own in place of the photographs: PNG, JPEG, 16 bits, CMYK, transparent or animated ones (the first frame).',
    }),
    video: path({
      value: 'FILE|DIR',
      help: 'Frames of your own in place of the clip: a folder of images, an animated image, or a video where ffmpeg is on the PATH.',
    }),
    volume: paths({
      value: 'FILE ...',
      default: [],
      help: 'Bodies of your own in place of the solid: closed meshes (.ply, .obj, .stl) or arrays (.npy).',
    }),
    case: list({
      value: 'NAME ...',
      help: 'Only these cases of each experiment, such as coffee. Default: all.',
    }),
    method: list({
      value: 'NAME ...',
      help: 'Only these methods, such as oinr siren. Default: all, with their baselines.',
    }),
    steps: integer({
      value: 'N',
      least: 1,
      help: 'Training steps of every fit, for tries. Default: those of the experiment.',
    }),
    octaves: integer({
      value: 'N',
      least: 1,
      help: "Octaves of the encoding of O-INR. Default: those of the experiment, mostly the paper's 10.",
    }),
    engine: choice(engineNames, {
      value: 'NAME',
      default: 'auto',
      help: 'What networks compute on. Default: auto, the fastest that is there.',
    }),
    threads: integer({
      value: 'N',
      least: 1,
      default: 1,
      help: 'Threads of each job on the CPU; CPU seconds are those of all together. Default: 1.',
      changesNothing: true,
    }),
    jobs: common.jobs('Cases at once, each in a process of its own. Default: one per core.'),
    seed: common.seed('Seed of initial weights and noise. Default: 0.', 0),
    out: common.out,
    run: common.run('Name of the run: results go to OUT/paper/NAME. Default: default.'),
    force: common.force('Do everything again, also what an earlier run with the same options finished.'),
  },
});

export type PaperConfig = ConfigOf<typeof paperConfig>;
