import type { Imputation, ImputationMethod, KeptSlices, MethodContext, Need } from '../method.ts';
import { bestPredicted, onOneScale, yardstick } from '../predictedErrors.ts';
import { withProgress } from '../progress.ts';
import { SubjectSession } from '../subjectSession.ts';

export const autoName = 'auto';

/**
 * Chooses among methods without truth. The same gap is simulated in kept slices that no training saw, the error of every
 * candidate is taken there, and the volume is filled by the one with the smallest. The tests are those of the methods
 * that predict their error, and name others too: `oinr-internal` tests the interpolations, `oinr-prior-internal` also
 * the operator as it came. What nobody tests is not chosen, such as plain `oinr`, which would need a fit of its own for
 * every direction. A method that cannot predict here (gaps that an operator was not trained for) is left out and not
 * computed. The sidecar lists all predictions.
 */
export function auto(candidates: readonly ImputationMethod[]): ImputationMethod {
  const testers = candidates.filter(({ predicts }) => predicts);
  const needs = new Set<Need>(testers.flatMap((method) => method.needs));
  return {
    name: autoName,
    title: 'Auto',
    description:
      'for every subject the method whose error, predicted on lines held out inside the kept slices, is smallest.',
    needs: [...needs],
    isTrained: true,
    predicts: true,
    color: '#7f7f7f',
    async impute(known, context) {
      const shared = { ...context, session: context.session ?? new SubjectSession(known) };
      const tested = await runTests(testers, known, shared);
      const predicted = onOneScale(tested.flatMap(({ predicted: own }) => own ?? []));
      const chosen = predicted && bestPredicted(predicted);
      const filled = tested.find(({ filledBy }) => filledBy === (chosen ?? yardstick));
      const { data, remarks } = filled ?? (await fillBy(chosen ?? yardstick, candidates, known, shared));
      return {
        data,
        steps: tested.reduce((sum, { steps }) => sum + steps, 0),
        remarks:
          chosen === undefined
            ? [...remarks, 'No error could be predicted, so nothing was compared.']
            : remarks,
        // Where two tests tell the same, the first counts.
        details: {
          ...Object.assign({}, ...tested.map(({ details }) => details).reverse()),
          chosen: chosen ?? yardstick,
        },
        predicted,
        filledBy: chosen ?? yardstick,
        sharedSeconds: tested.reduce((sum, { sharedSeconds = 0 }) => sum + sharedSeconds, 0),
      };
    },
  };
}

/** What the methods give that predict here; each has filled the volume by the best that it tested. */
async function runTests(
  testers: readonly ImputationMethod[],
  known: KeptSlices,
  context: MethodContext,
): Promise<Imputation[]> {
  const tested: Imputation[] = [];
  for (const [n, method] of testers.entries()) {
    const own = withProgress(context, n / testers.length, (n + 1) / testers.length);
    if ((await method.canPredict?.(known, own)) === false) continue;
    const imputation = await method.impute(known, own);
    tested.push({ ...imputation, filledBy: imputation.filledBy ?? method.name });
  }
  return tested;
}

async function fillBy(
  name: string,
  candidates: readonly ImputationMethod[],
  known: KeptSlices,
  context: MethodContext,
): Promise<Pick<Imputation, 'data' | 'remarks'>> {
  const method = candidates.find((candidate) => candidate.name === name);
  if (!method) throw new Error(`The method ${name} was tested, but is not among the candidates.`);
  return method.impute(known, context);
}
