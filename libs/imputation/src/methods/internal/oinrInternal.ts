import type { Imputation, ImputationMethod, KeptSlices, MethodContext } from '../../method.ts';
import { shared } from '../../subjectSession.ts';
import { imputeInternally } from './imputeInternally.ts';
import { type ChooseSettings, internalName } from './settings.ts';

/** The method `oinr-internal` with its standard settings, or with those that `choose` gives. */
export function oinrInternal(choose?: ChooseSettings): ImputationMethod {
  return {
    name: internalName,
    title: 'O-INR on functions of the data',
    description:
      'a small convolutional network corrects the PCHIP interpolant from the kept lines around a gap. It is trained on the subject alone, by dropping lines inside the kept slices, where the truth is known, and applied in both families of planes that contain the slice axis.',
    needs: ['executor'],
    isTrained: true,
    predicts: true,
    color: '#009e73',
    impute: (known, context) =>
      choose ? imputeInternally(known, context, choose) : imputeOnce(known, context),
  };
}

/** With the standard settings, once for this method and for those that choose among methods. */
async function imputeOnce(known: KeptSlices, context: MethodContext): Promise<Imputation> {
  const key = `${internalName}, seed ${context.seed}, ${context.executor.name}`;
  const { result, sharedSeconds } = await shared(known, context, key, () => imputeInternally(known, context));
  return { ...result, data: result.data.slice(), sharedSeconds };
}
