import test from 'ava';
import { nearestRegion, regionCentres } from '../src/regionCentres.ts';

test('the right side has x > 0, the left is its mirror image, and the distance to the centre is told', (t) => {
  // Well-known places: hand area of the motor cortex, fusiform face area, hippocampus, amygdala, thalamus.
  for (const [position, region] of [
    [[38, -20, 56], 'precentral gyrus'],
    [[40, -52, -20], 'inferior temporal gyrus|fusiform gyrus'],
    [[28, -20, -14], 'hippocampus'],
    [[24, -4, -20], 'amygdala'],
    [[12, -18, 6], 'thalamus'],
  ] as const) {
    const [x, y, z] = position;
    const [right, left] = [nearestRegion([x, y, z]), nearestRegion([-x, y, z])];
    t.regex(right?.name ?? '', new RegExp(`^right (${region})$`));
    t.is(left?.name, right?.name.replace('right', 'left'));
    t.is(left?.distance, right?.distance);
  }
  t.deepEqual(nearestRegion([-23, 1, -15]), { name: 'left amygdala', distance: 5 });
  t.is(nearestRegion([0, -26, -30])?.name, 'pons');
  for (const { name, position } of regionCentres) {
    t.deepEqual(nearestRegion(position), { name, distance: 0 });
    t.is(/^(left|right) /.exec(name)?.[1], ['left', undefined, 'right'][Math.sign(position[0]) + 1], name);
  }
});

test('a position far from every centre gets no name', (t) => {
  t.is(nearestRegion([0, 0, 110]), undefined);
  t.is(nearestRegion([95, -20, 0]), undefined);
  t.is(nearestRegion([16, -96 - 15.1, 2]), undefined);
  t.is(nearestRegion([16, -96 - 14.9, 2])?.name, 'right occipital pole');
});
