import { errorMessage, UserError } from '@oinr/errors';
import { allMethods } from '@oinr/imputation';
import { errorsInWords, purpose } from '@oinr/scan';
import type { AnatomicalAxis } from '@oinr/volume';
import { byId, element, listSentences, save } from './elements.ts';
import { isOutOfMemory, memoryInWords, outOfMemoryInWords } from './memory.ts';
import type { Filled, FillOptions, Found, ScanFiles, Told } from './messages.ts';
import { picture } from './picture.ts';
import { filesOf, scansAmong } from './scanFiles.ts';
import { makeTabs } from './tabs.ts';
import type { Viewer } from './viewer.ts';
import { Workshop } from './workshop.ts';

const methods = [...allMethods().values()].filter(({ needs }) => !needs.includes('base'));
const defaultMethod = 'auto';
const comparedAtFirst = new Set(['linear', 'pchip', 'oinr-prior', 'oinr-internal']);

let scan: ScanFiles | undefined;
let found: Found | undefined;
let shown: Filled | undefined;
let isBusy = false;
/** Whether the worker looks into the scan: what is asked to be filled meanwhile is filled when it has looked. */
let isLooking = false;
let fillThen: readonly string[] | undefined;
/** Waits for the end of typing in an option; undefined where none was changed. */
let typing: ReturnType<typeof setTimeout> | undefined;
/** What is said when the worker has begun anew and the scan is open again. */
let afterReopening: (() => void) | undefined;

// Whatever is done, one thing after the other: the viewer cannot be shown two images at once.
let showing: Promise<void> = Promise.resolve();
let viewer: Promise<Viewer> | undefined;

const select = byId<HTMLSelectElement>('method');
for (const { name, title } of methods) {
  const option = element('option', `${name} (${title})`) as HTMLOptionElement;
  option.value = name;
  select.append(option);
}
select.value = defaultMethod;
for (const { name, title } of methods.filter((one) => one.name !== defaultMethod)) {
  const label = element('label', ` ${title}`);
  const box = document.createElement('input');
  Object.assign(box, { type: 'checkbox', value: name, checked: comparedAtFirst.has(name) });
  label.prepend(box);
  byId('compare-methods').append(label);
}

const state = (name: string): void => {
  document.body.dataset.state = name;
};
const say = (words: string): void => {
  byId('status').textContent = words;
};
const refuse = (message: string): void => {
  byId('refusal').textContent = message;
  if (message !== '') say('');
};

function optionsOfPage(): FillOptions {
  const value = (id: string): string => byId<HTMLInputElement>(id).value;
  const isChecked = (id: string): boolean => byId<HTMLInputElement>(id).checked;
  return {
    ...(value('axis') !== '' && { axis: value('axis') as AnatomicalAxis }),
    ...(value('spacing') !== '' && { spacing: Number(value('spacing')) }),
    ...(value('profile') !== '' && { profile: value('profile') as FillOptions['profile'] }),
    ...(value('thickness') !== '' && { sliceThickness: Number(value('thickness')) }),
    sliceIntensity: isChecked('even') ? 'correct' : 'report',
    anyImage: isChecked('any-image'),
    errorMaps: isChecked('error-maps'),
  };
}

function busy(yes: boolean): void {
  isBusy = yes;
  byId('cancel').hidden = !yes;
  byId('progress').hidden = !yes;
  byId<HTMLProgressElement>('progress').value = 0;
  for (const id of ['fill', 'compare'])
    byId<HTMLButtonElement>(id).disabled = yes || (found === undefined && !isLooking);
}

function hear(told: Told): void {
  switch (told.kind) {
    case 'opened':
      byId('engine').textContent = `Engine: ${told.engine}.`;
      if (document.body.dataset.state === 'loading') {
        state('ready');
        say('Ready.');
      }
      break;
    case 'found':
      show(told.found);
      break;
    case 'progress':
      byId<HTMLProgressElement>('progress').value = told.share;
      say(`Filling by ${told.method}: ${Math.round(100 * told.share)} %`);
      break;
    case 'filled':
      showFilled(told.filled);
      break;
    case 'done':
      busy(false);
      say('Done.');
      state('filled');
      break;
    case 'refused':
      // Networks cannot be computed, and interpolations can: the page is as ready as it will be.
      if (document.body.dataset.state === 'loading') byId('engine').textContent = 'Engine: none.';
      refused(told.message, told.isSpent === true);
  }
}

function refused(message: string, isSpent: boolean): void {
  isLooking = false;
  fillThen = undefined;
  busy(false);
  // What opens the scan anew after memory ran out may itself find too little.
  const mayReopen = isSpent && found !== undefined && afterReopening === undefined;
  afterReopening = undefined;
  refuse(message);
  // Another axis or a larger spacing may be the answer.
  if (scan !== undefined) byId('scan').hidden = false;
  if (isSpent) workshop.stop();
  if (mayReopen && scan !== undefined) {
    afterReopening = () => refuse(message);
    workshop.ask({ kind: 'look', scan, options: optionsOfPage() });
  }
  state('refused');
}

function show(what: Found): void {
  found = what;
  isLooking = false;
  byId('scan').hidden = false;
  byId('result').hidden = false;
  byId('slices').textContent = what.slices;
  byId('brought').textContent = `Filled in: ${what.brought}.`;
  byId('orientation').textContent = `Stored ${what.orientation}; it stays so.`;
  byId('view-words').textContent =
    what.shownEvery === 1 ? '' : `The cuts show one voxel in ${what.shownEvery} in plane; all are saved.`;
  listSentences('doubts', what.remarks);
  sayMemory();
  busy(false);
  if (afterReopening !== undefined) {
    afterReopening();
    afterReopening = undefined;
    state('found');
    return;
  }
  showing = showing.then(async () => {
    await look((one) => one.showBefore(what.before, what.acquired));
    say('');
    state('found');
    if (fillThen !== undefined) fill(fillThen);
  });
}

/** What the chosen method will take, before it takes it. */
function sayMemory(): void {
  const method = methods.find(({ name }) => name === select.value);
  byId('method-words').textContent = method ? `${method.title}: ${method.description}` : '';
  if (found === undefined || method === undefined) return;
  byId('memory').textContent = memoryInWords(
    method.isTrained ? found.bytes.trained : found.bytes.interpolated,
  );
}

/** Shows something, or says why nothing is shown; what is filled can be saved all the same. */
async function look(showIt: (one: Viewer) => Promise<void>): Promise<void> {
  try {
    viewer ??= import('./viewer.ts').then(({ Viewer }) =>
      Viewer.open(byId<HTMLCanvasElement>('before'), byId<HTMLCanvasElement>('after')),
    );
    const one = await viewer;
    await showIt(one);
    one.mark(byId<HTMLInputElement>('marks').checked);
    byId('view-problem').textContent = '';
  } catch (error) {
    byId('views').hidden = true;
    byId('view-problem').textContent =
      error instanceof UserError
        ? error.message
        : `The images cannot be shown here (${errorMessage(error)}).`;
  }
}

const compared = new Map<string, Filled>();

function showFilled(filled: Filled): void {
  compared.set(filled.method, filled);
  tellCompared();
  lookAt(filled);
}

function lookAt(filled: Filled): void {
  shown = filled;
  const { method, chosen, seconds, predicted, remarks } = filled;
  const errors = errorsInWords(predicted);
  byId('predicted').textContent =
    `${chosen === method ? method : `${method} took ${chosen}`} (${seconds.toFixed(
      seconds < 10 ? 1 : 0,
    )} s). ${errors === '' ? '' : `Predicted mean squared error: ${errors}.`}`;
  listSentences('remarks', remarks);
  byId('saves').hidden = false;
  for (const id of ['save-s68', 'save-s95']) byId(id).hidden = filled.errorMaps === undefined;
  const marks = found?.acquired;
  if (marks === undefined) return;
  showing = showing.then(() => look((one) => one.showAfter(filled.after, marks)));
  const slider = byId<HTMLInputElement>('slider');
  if (slider.disabled) slider.value = '50';
  slider.disabled = false;
  slide();
}

/** The table of methods: predictions of one test name other methods too. */
function tellCompared(): void {
  const predicted: Record<string, number> = {};
  for (const one of compared.values())
    for (const [name, error] of Object.entries(one.predicted)) predicted[name] ??= error;
  const rows = [...compared.values()].map((one) => {
    const row = document.createElement('tr');
    const button = element('button', 'Show') as HTMLButtonElement;
    button.type = 'button';
    button.setAttribute('aria-label', `Show ${one.title}`);
    button.addEventListener('click', () => lookAt(one));
    const cell = document.createElement('td');
    cell.append(button);
    const error = predicted[one.chosen];
    const name = one.chosen === one.method ? one.title : `${one.title}: ${one.chosen}`;
    row.append(
      element('td', name),
      element('td', error === undefined ? 'not predicted' : error.toExponential(2)),
      element('td', one.seconds.toFixed(1)),
      cell,
    );
    return row;
  });
  byId('compared').replaceChildren(...rows);
}

function slide(): void {
  const { value, disabled } = byId<HTMLInputElement>('slider');
  const left = disabled ? 100 : 100 - Number(value);
  byId('after').style.clipPath = `inset(0 0 0 ${left}%)`;
  byId('side-after').hidden = left === 100;
}

/** Forgets what was filled: of another scan, or by other options. */
function forget(): void {
  found = undefined;
  shown = undefined;
  compared.clear();
  tellCompared();
  byId('saves').hidden = true;
  for (const id of ['slices', 'brought', 'orientation', 'memory', 'predicted']) byId(id).textContent = '';
  listSentences('doubts', []);
  listSentences('remarks', []);
  byId<HTMLInputElement>('slider').disabled = true;
  slide();
}

const workshop = await begin();

/** The worker; first the page's files are kept, so that whatever it loads later is there without a network. */
async function begin(): Promise<Workshop> {
  if ('serviceWorker' in navigator && window.isSecureContext) {
    try {
      await navigator.serviceWorker.register(new URL('serviceWorker.js', import.meta.url));
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller === null)
        await Promise.race([
          new Promise((resolve) =>
            navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
          ),
          // A page that was reloaded past its service worker never gets one.
          new Promise((resolve) => setTimeout(resolve, 2000)),
        ]);
      byId('offline').textContent = 'This page opens without a network from now on.';
    } catch (error) {
      byId('offline').textContent =
        `The page cannot be kept for use without a network (${errorMessage(error)}).`;
    }
  }
  return new Workshop(hear);
}

function take(one: ScanFiles): void {
  refuse('');
  scan = one;
  forget();
  byId('views').hidden = false;
  say(`Reading ${one.image.name}…`);
  lookIn();
}

function lookIn(): void {
  if (scan === undefined) return;
  state('looking');
  isLooking = true;
  fillThen = undefined;
  busy(false);
  workshop.ask({ kind: 'look', scan, options: optionsOfPage() });
}

/**
 * Looks into the scan by the options as they are now. Not when a field is left ("change"): then a click on the button would
 * move the button away beneath itself.
 */
function lookAgain(): void {
  clearTimeout(typing);
  typing = undefined;
  if (isBusy) stop();
  refuse('');
  forget();
  lookIn();
}

/** What was dropped or chosen: one scan is taken, among several one is chosen. */
async function choose(files: Promise<readonly File[]> | readonly File[]): Promise<void> {
  if (isBusy) stop();
  try {
    refuse('');
    byId('series').hidden = true;
    const scans = await scansAmong(await files, say);
    if (scans.length === 1) return take(scans[0]);
    const { imageInWords } = await import('./openScan.ts');
    const choice = byId<HTMLSelectElement>('series-choice');
    choice.replaceChildren(
      ...(await Promise.all(
        scans.map(async ({ image }, n) => {
          const words = await imageInWords(image).catch(errorMessage);
          const option = element('option', `${image.name}: ${words}`) as HTMLOptionElement;
          option.value = String(n);
          return option;
        }),
      )),
    );
    byId('series').hidden = false;
    byId('series-take').onclick = () => {
      byId('series').hidden = true;
      take(scans[Number(choice.value)]);
    };
    say('');
    choice.focus();
    state('choosing');
  } catch (error) {
    refuse(inWords(error));
    state('refused');
  }
}

function inWords(error: unknown): string {
  if (isOutOfMemory(error)) return outOfMemoryInWords(error);
  return error instanceof UserError ? error.message : `The files could not be read (${errorMessage(error)}).`;
}

function fill(names: readonly string[]): void {
  if (typing !== undefined) lookAgain();
  fillThen = undefined;
  refuse('');
  if (isLooking) {
    fillThen = names;
    return;
  }
  busy(true);
  state('filling');
  workshop.ask({ kind: 'fill', methods: names });
}

/** Stops at once. The scan is opened again, so that it can be filled after all. */
function stop(): void {
  workshop.stop();
  busy(false);
  say('Stopped.');
  state('stopped');
  if (scan === undefined) return;
  afterReopening = () => say('Stopped; nothing was changed.');
  workshop.ask({ kind: 'look', scan, options: optionsOfPage() });
}

async function savePicture(): Promise<void> {
  if (shown === undefined || found === undefined) return;
  (await viewer)?.draw();
  const [before, after] = [byId<HTMLCanvasElement>('before'), byId<HTMLCanvasElement>('after')];
  const { chosen } = shown;
  const made = picture(
    [
      { canvas: before, title: 'before' },
      { canvas: after, title: `after: ${chosen}` },
    ],
    [found.brought],
  );
  save(await made, shown.volume.name.replace(/\.nii\.gz$/, '.png'));
}

const drop = byId('drop');
for (const name of ['dragover', 'drop'])
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
  });
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', ({ dataTransfer }) => {
  if (dataTransfer !== null) choose(filesOf(dataTransfer));
});
for (const [button, id] of [
  ['choose-files', 'files'],
  ['choose-folder', 'folder'],
]) {
  const input = byId<HTMLInputElement>(id);
  byId(button).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) choose(files);
  });
}
byId<HTMLButtonElement>('example').disabled = false;
byId('example').addEventListener('click', () => {
  const load = async (name: string): Promise<File> => {
    const response = await fetch(new URL(`example/${name}`, import.meta.url));
    if (!response.ok) throw new Error(`${name} is not there: ${response.status}`);
    return new File([await response.blob()], name);
  };
  choose(Promise.all([load('colin27-6mm.nii.gz'), load('colin27-6mm.json')]));
});
for (const id of ['spacing', 'axis', 'profile', 'thickness', 'even', 'any-image', 'error-maps'])
  byId(id).addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(lookAgain, 400);
  });
select.addEventListener('change', sayMemory);
byId('fill').addEventListener('click', () => fill([select.value]));
byId('compare').addEventListener('click', () => {
  const boxes = [...byId('compare-methods').querySelectorAll<HTMLInputElement>('input:checked')];
  if (boxes.length > 0) fill(boxes.map(({ value }) => value));
});
byId('cancel').addEventListener('click', stop);
byId('slider').addEventListener('input', slide);
byId('marks').addEventListener('change', () => look(async () => undefined));
byId('save-volume').addEventListener('click', () => shown && save(shown.volume, shown.volume.name));
byId('save-sidecar').addEventListener('click', () => shown && save(shown.sidecar, shown.sidecar.name));
for (const map of ['s68', 's95'] as const)
  byId(`save-${map}`).addEventListener('click', () => {
    const file = shown?.errorMaps?.[map];
    if (file !== undefined) save(file, file.name);
  });
byId('save-picture').addEventListener('click', savePicture);
makeTabs(['slider', 'compare'], () => undefined);
slide();
sayMemory();
byId('views').title = purpose;
