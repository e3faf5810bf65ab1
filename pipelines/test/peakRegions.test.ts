import test from 'ava';
import { regionsOfPeaks } from '../src/compare/peakRegions.ts';

test('peaks are named by approximate centres in MNI space, and nowhere else', async (t) => {
  for (const space of [
    { coordinates: 'mni', template: undefined },
    { coordinates: 'aligned', template: 'MNI152NLin2009cAsym' },
    { coordinates: 'aligned', template: 'Colin27' },
  ]) {
    const regions = await regionsOfPeaks({ atlas: undefined, atlasNames: undefined }, space);
    t.deepEqual(regions?.columns, ['region', 'region_mm']);
    t.deepEqual(regions?.cellsOf([-23, -2, -16]), { region: 'left amygdala', region_mm: 3 });
    t.deepEqual(regions?.cellsOf([0, 0, 120]), { region: undefined, region_mm: undefined });
  }
  for (const [coordinates, template] of [
    ['scanner', undefined],
    ['aligned', 'ours'],
    ['talairach', undefined],
    [undefined, undefined],
  ])
    t.is(
      await regionsOfPeaks({ atlas: undefined, atlasNames: undefined }, { coordinates, template }),
      undefined,
    );
});
