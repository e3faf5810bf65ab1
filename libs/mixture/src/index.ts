export {
  type FamilyWiseError,
  familyWiseError,
  isNaiveMixture,
  type NullDesign,
  nullDesigns,
} from './falsePositives.ts';
export { drawMixture, type Shares } from './mixture.ts';
export { type MixedPeople, type MixedTest, type ModelName, mixedTest, modelNames } from './models.ts';
export {
  curveSizes,
  type Findable,
  type PowerPoint,
  powerCurve,
  type Scans,
  sizeOfSensitivity,
} from './power.ts';
export { foundBelow, testMixture } from './testMixture.ts';
export { sharedRow, type ValuePair, type Values } from './values.ts';
export { fewestForWorth, type Worth, worthOf } from './worth.ts';
