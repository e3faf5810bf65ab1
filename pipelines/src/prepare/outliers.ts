import { mostDeviations, robustZ } from '../robustZ.ts';
import type { PreparedScan } from './plan.ts';

/** Limits that hold whatever the rest of the cohort is like. */
const leastDice = 0.9;
const volumeRatios = [0.5, 1.6] as const;
const mostTurn = 45;

export interface RobustScore {
  readonly dice?: number;
  readonly mutualInformation?: number;
}

/** Robust z scores of every scan in its cohort. */
export function robustScores(scans: readonly PreparedScan[]): RobustScore[] {
  const dice = robustZ(scans.map((scan) => scan.dice));
  const information = robustZ(scans.map((scan) => scan.mutualInformation));
  return scans.map((_, index) => ({ dice: dice[index], mutualInformation: information[index] }));
}

/** Why somebody should look at a registration, one phrase each; empty for an unsuspicious one. */
export function flagsOf(scan: PreparedScan, score: RobustScore): string[] {
  const flags: string[] = [];
  if (scan.dice < leastDice) flags.push(`overlap ${scan.dice.toFixed(3)} is below ${leastDice}`);
  if (scan.volumeRatio < volumeRatios[0] || scan.volumeRatio > volumeRatios[1])
    flags.push(`the brain would have ${scan.volumeRatio.toFixed(2)} of the template's volume`);
  if (scan.turn > mostTurn) flags.push(`the head would be turned by ${Math.round(scan.turn)} degrees`);
  if (score.dice !== undefined && score.dice < -mostDeviations)
    flags.push(`overlap is unusually low in this cohort (robust z ${score.dice.toFixed(1)})`);
  if (score.mutualInformation !== undefined && score.mutualInformation < -mostDeviations)
    flags.push(
      `mutual information is unusually low in this cohort (robust z ${score.mutualInformation.toFixed(1)})`,
    );
  return flags;
}
