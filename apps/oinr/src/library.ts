/**
 * What `import { ... } from 'oinr'` offers: scans and slices, imputation, errors of an imputation, the permutation
 * t-test, and figures as SVG, which all work on arrays; `readVolume` and its like for files; and cohorts: a description
 * and a folder become a list of scans, by a layout of your own too.
 *
 * Voxel arrays are `Float32Array`s with x fastest; their `Grid` has the shape [nx, ny, nz] and an affine, 16 numbers by
 * rows, that takes voxel indices to RAS+ millimetres. What cannot be used is refused with a `UserError` whose message
 * says what to do.
 */
export type {
  Candidate,
  Cohort,
  CohortDescription,
  Exclusion,
  Finding,
  Layout,
  LayoutResult,
  OpenOptions,
  Subject,
} from '@oinr/cohort';
export { openCohort, readDescription } from '@oinr/cohort';
export type { EngineAvailability, EngineName, EngineOptions } from '@oinr/engines';
export { availableEngines, EngineUnavailableError, engineNames, openExecutor } from '@oinr/engines';
export { InputError, isUserError, UserError } from '@oinr/errors';
export type {
  DensityPanel,
  DensityPlotOptions,
  ErrorCurvesOptions,
  ErrorRow,
  NamedMap,
  NullHistogramOptions,
  NullPanel,
  OutlineOptions,
  SliceComparisonOptions,
  StatisticOverlayOptions,
  TableFigureOptions,
} from '@oinr/figures';
export {
  densityPlot,
  errorCurves,
  nullHistogram,
  outlineFigure,
  renderPng,
  sliceComparison,
  statisticOverlay,
  tableFigure,
} from '@oinr/figures';
export type { Imputation, ImputationMethod, MethodContext, Need, PredictedErrors } from '@oinr/imputation';
export { findMethod, methods, SubjectSession } from '@oinr/imputation';
export type { Comparison, ErrorSummary, IntensityScale, ScaleRule, SliceErrors } from '@oinr/metrics';
export { intensityScale, percentile, psnr, sliceErrors, ssimMissing } from '@oinr/metrics';
export type {
  AffineSource,
  Datatype,
  DatatypeName,
  NiftiHeader,
  NiftiImage,
  SpaceName,
  StoredArray,
  WriteOptions,
} from '@oinr/nifti';
export {
  decodeNifti,
  encodeNifti,
  NiftiError,
  readHeader,
  readImage,
  readVolume,
  volumeOf,
  writeVolume,
} from '@oinr/nifti';
export type {
  AxisLayout,
  FinerGrid,
  KeptSlices,
  SamplingPattern,
  SliceProfile,
  ThickProfile,
} from '@oinr/slices';
export {
  acquireSlices,
  axisLayout,
  dropSlices,
  everyFromMissingPercent,
  finerGrid,
  keepEvery,
  lowResolutionAxis,
  missingPercent,
} from '@oinr/slices';
export type {
  Cluster,
  ClusterPeak,
  ClusterRequest,
  Connectivity,
  Covariate,
  MaskGrid,
  ParetoTail,
  PermutationTestOptions,
  PermutationTestResult,
  RelabelingChoice,
  Relabelings,
  ResolvedDesign,
  Tails,
  TestCheckpoint,
  TestProgress,
  TwoGroupDesign,
} from '@oinr/statistics';
export {
  binomialInterval,
  clusterCounts,
  DesignError,
  falseDiscoveryMap,
  falseDiscoveryRate,
  fitParetoTail,
  maximumP,
  observedClusters,
  permutationTest,
  pOfCounts,
  SubjectData,
  significantVoxels,
  studentQuantile,
  studentTail,
  tfceMap,
} from '@oinr/statistics';
export type { Affine, AnatomicalAxis, ArrayAxis, Box, Grid, Interpolation, Volume } from '@oinr/volume';
export {
  applyAffine,
  arrayAxis,
  boundingBox,
  crop,
  gaussianSmooth,
  identityAffine,
  invertAffine,
  multiplyAffines,
  orientationCodes,
  reorientToRas,
  resample,
  voxelCount,
  voxelSizes,
} from '@oinr/volume';
