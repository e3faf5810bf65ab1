export {
  type FamilyWiseError,
  familyWiseError,
  isNaiveMixture,
  type NullDesign,
  nullDesigns,
} from './falsePositives.ts';
export { type KindDifference, kindDifference } from './kindDifference.ts';
export { drawMixture, smallerGroup } from './mixture.ts';
export {
  kindsThatHoldBoth,
  type MixedPeople,
  type MixedTest,
  type ModelName,
  mixedTest,
  modelNames,
  ofMembers,
} from './models.ts';
export {
  curveSizes,
  type Findable,
  type PowerPoint,
  powerCurve,
  type Scans,
  sizeOfSensitivity,
} from './power.ts';
export { quantile } from './quantile.ts';
export { diceOfHalves, leaveOneOutDice } from './stability.ts';
export { testMixture } from './testMixture.ts';
export { sharedRow, type ValuePair } from './values.ts';
export { columnsOfStrata, withoutCovariates } from './withoutCovariates.ts';
export { fewestForWorth, worthOf } from './worth.ts';
