import { errorMessage, isUserError } from '@oinr/errors';
import { stopsTheRun } from '../errors.ts';
import { Manifest } from '../manifest.ts';
import { serveTasks } from '../worker.ts';
import { doUnit, type UnitPlace } from './doUnit.ts';
import type { TaskUnits, UnitMessage, WorkerSetup } from './unit.ts';

/** How a stage does its tasks: `setup` is what every worker gets once, and the units of a task follow from both. */
export type UnitsOfTask<Plan, Task, Row> = (
  setup: WorkerSetup<Plan>,
) => (task: Task) => Promise<TaskUnits<Row>> | TaskUnits<Row>;

/**
 * The main loop of a stage's worker process: does the units of each task, one after the other. What an earlier run has
 * finished from the same inputs and code is kept. A unit that fails is told and the others go on; only what would
 * befall every unit (a full disk) ends the task.
 */
export function serveUnits<Plan, Task, Row>(unitsOf: UnitsOfTask<Plan, Task, Row>): void {
  let made: { readonly setup: unknown; readonly of: ReturnType<typeof unitsOf> } | undefined;
  serveTasks<Task, null, UnitMessage<Row>, WorkerSetup<Plan>>(async (task, { setup, send, signal }) => {
    if (made?.setup !== setup) made = { setup, of: unitsOf(setup) };
    const place: UnitPlace = {
      manifest: new Manifest(setup.folder, setup.records),
      code: setup.code,
      signal,
      onActivity: (what, share, loss) => send({ kind: 'activity', what, share, loss }),
      note: (text) => send({ kind: 'note', text }),
    };
    const { units, onDone } = await made.of(task);
    for (const unit of units) {
      signal.throwIfAborted();
      try {
        send({ kind: 'finished', unit: await doUnit(unit, place) });
      } catch (error) {
        if (signal.aborted || stopsTheRun(error)) throw error;
        const { name, kind } = unit;
        const trace = isUserError(error) || !(error instanceof Error) ? '' : (error.stack ?? '');
        send({ kind: 'failed', unit: { name, kind, message: errorMessage(error), trace } });
        if (unit.isNeeded) return null;
      }
    }
    await onDone?.();
    return null;
  });
}
