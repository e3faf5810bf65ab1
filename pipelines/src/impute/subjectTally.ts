import type { Subject } from '@oinr/cohort';
import type { Progress } from '@oinr/run';
import { type ImputePlan, kindOf, type SubjectMessage } from './plan.ts';
import type { Outcome } from './work.ts';

/** Keeps count of one subject's units. */
export class SubjectTally {
  readonly #subject: Subject;
  readonly #plan: ImputePlan;
  readonly #progress: Progress;
  readonly #outcome: Outcome;
  readonly #open = new Set<string>();
  #began: number | undefined;
  #reused = 0;
  #done = 0;

  constructor(subject: Subject, plan: ImputePlan, progress: Progress, outcome: Outcome) {
    this.#subject = subject;
    this.#plan = plan;
    this.#progress = progress;
    this.#outcome = outcome;
    for (const every of plan.everys) for (const method of plan.methods) this.#open.add(kindOf(method, every));
  }

  receive(message: SubjectMessage, job: number): void {
    const { id, group } = this.#subject;
    if (message.kind === 'started') {
      this.#began = performance.now();
      return;
    }
    if (message.kind === 'activity') {
      this.#progress.update(job, {
        subject: `sub-${id}`,
        method: message.what,
        share: message.share,
        loss: message.loss,
      });
      return;
    }
    if (message.kind === 'note') return;
    if (message.kind === 'failed') {
      this.#outcome.failures.push({ subject: id, group, ...message.unit });
      this.#drop(kindOf(message.unit.method ?? '', message.unit.every ?? 0));
      return;
    }
    const { method, every, result, isReused } = message.unit;
    this.#outcome.units.push({ subject: id, group, method, every, result });
    if (isReused) {
      this.#reused += 1;
      this.#outcome.reused += 1;
      this.#drop(kindOf(method, every));
    } else {
      this.#done += 1;
      this.#open.delete(kindOf(method, every));
      this.#progress.unitDone(kindOf(method, every), message.unit.seconds);
    }
  }

  #drop(kind: string): void {
    if (this.#open.delete(kind)) this.#progress.unitsDropped(kind);
  }

  /** What is still open when the subject has ended is not going to be done. */
  dropRest(): void {
    for (const kind of [...this.#open]) this.#drop(kind);
  }

  summary(place: string): string {
    const seconds = this.#began === undefined ? 0 : (performance.now() - this.#began) / 1000;
    const { length: methods } = this.#plan.methods;
    const all = methods * this.#plan.everys.length;
    const failed = all - this.#done - this.#reused;
    const parts = [
      ...(this.#done > 0 ? [`${this.#done} imputed`] : []),
      ...(this.#reused > 0 ? [`${this.#reused} kept from an earlier run`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ];
    return `sub-${this.#subject.id} (${place}): ${parts.join(', ')}, ${seconds.toFixed(1)} s`;
  }
}
