import test from 'ava';
import { CohortError } from '../src/errors.ts';
import { excluded, open, people, tree } from './trees.ts';

const header =
  '"Image Data ID","Subject","Group","Sex","Age","Visit","Modality","Description","Type","Acq Date","Format","Downloaded"';
const scaled = 'MPR; GradWarp; B1 Correction; N3; Scaled';

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly group?: string;
  readonly visit?: string;
  readonly description?: string;
  readonly date?: string;
  readonly age?: string;
  readonly modality?: string;
  readonly format?: string;
}

const collection = (...rows: Row[]): string =>
  `${[
    header,
    ...rows.map((row) =>
      [
        row.id,
        row.subject,
        row.group ?? 'CN',
        'M',
        row.age ?? '75',
        row.visit ?? 'sc',
        row.modality ?? 'MRI',
        row.description ?? scaled,
        'Processed',
        row.date ?? '4/18/2006',
        row.format ?? 'NiFTI',
        '11/01/2026',
      ]
        .map((cell) => `"${cell}"`)
        .join(','),
    ),
  ].join('\r\n')}\r\n`;

/** The path of LONI's download; the last folder is S<series> or I<image>. */
function download(subject: string, image: number, last = 'S13408', suffix = '.nii', top = 'ADNI'): string {
  const folder = 'MPR__GradWarp__B1_Correction__N3__Scaled';
  return `${top}/${subject}/${folder}/2006-04-18_08_20_30.0/${last}/ADNI_${subject}_MR_${folder}_Br_20070319113623975_${last.startsWith('S') ? `${last}_` : ''}I${image}${suffix}`;
}

const description = (extra = '') => `
layout: adni
name: adni
description: y
groups: {labels: {CN: [CN], AD: [AD, Dementia]}, ignore: [MCI]}
${extra}`;

test('files are matched to the collection by image number, with and without I', async (t) => {
  const root = await tree(t, {
    'x_11_01_2026.csv': collection(
      { id: '45108', subject: '002_S_0295', date: '4/8/2006' },
      { id: 'I118671', subject: '002_S_0413', group: 'AD' },
      { id: 'I9', subject: '002_S_0559', group: 'MCI' },
    ),
    [download('002_S_0295', 45108)]: '',
    [download('002_S_0413', 118671, 'I118671', '.nii.gz')]: '',
    [download('002_S_0559', 9)]: '',
  });
  const cohort = await open(description(), root);
  t.deepEqual(people(cohort), ['002S0295 CN', '002S0413 AD']);
  t.deepEqual(cohort.groups, ['CN', 'AD']);
  t.is(cohort.subjects[0].columns['Acq Date'], '2006-04-08');
  t.false(excluded(t, cohort, /0559/).isProblem);
});

test('I45108 does not match I145108 or I451080', async (t) => {
  const root = await tree(t, {
    'c.csv': collection({ id: 'I45108', subject: '002_S_0295' }),
    [download('002_S_0295', 145108)]: '',
    [download('002_S_0295', 451080)]: '',
  });
  const cohort = await open(description(), root);
  t.deepEqual(people(cohort), []);
  t.regex(excluded(t, cohort, /^image I45108 /).reason, /its file \(\*_I45108\.nii\) is not below/);
  t.regex(excluded(t, cohort, /_I145108/).reason, /I145108 is in none of the collections \(c\.csv\)/);
  t.true(cohort.excluded.every(({ isProblem }) => isProblem));
});

test('one image of each subject by visit, processing, date and number; the others are reported', async (t) => {
  const subject = '002_S_0295';
  const rows = [
    { id: '1', subject, visit: 'm12', date: '4/30/2007' },
    { id: '2', subject, description: 'MPR; GradWarp; N3', date: '4/18/2006' },
    { id: '3', subject, date: '10/2/2006', visit: 'ADNI Baseline' },
    { id: '4', subject, date: '9/30/2006' },
    { id: '5', subject, description: 'Localizer' },
    { id: '12', subject, date: '9/30/2006' },
    { id: '6', subject, modality: 'PET', description: 'FDG' },
  ];
  const root = await tree(t, {
    'c.csv': collection(...rows),
    ...Object.fromEntries(rows.map(({ id }) => [download(subject, Number(id)), ''])),
  });
  const image = async (choose: string) => {
    const cohort = await open(description(`choose: ${choose}`), root);
    t.is(cohort.excluded.length, 6, JSON.stringify(cohort.excluded));
    t.true(cohort.excluded.every(({ isProblem }) => !isProblem));
    return { cohort, chosen: /_I(\d+)\.nii$/.exec(cohort.subjects[0].image)?.[1] };
  };
  const preferences = "descriptions: ['*; Scaled', 'MPR*']";
  // Dates are compared as dates: 9/30 is before 10/2.
  const { cohort, chosen } = await image(`{${preferences}}`);
  t.is(chosen, '4');
  t.regex(excluded(t, cohort, /image I1 /).reason, /visit is m12/);
  t.regex(excluded(t, cohort, /image I2 /).reason, /I4 was chosen, as its processing is preferred/);
  t.regex(excluded(t, cohort, /image I3 /).reason, /it is earlier/);
  t.regex(excluded(t, cohort, /image I12 /).reason, /its number is smaller/);
  t.regex(excluded(t, cohort, /image I5 /).reason, /'Localizer' is not among/);
  t.regex(excluded(t, cohort, /image I6 /).reason, /PET/);
  t.is((await image(`{visit: m12, ${preferences}}`)).chosen, '1');
  t.is((await image(`{visit: first, descriptions: ['MPR; GradWarp; N3']}`)).chosen, '2');
});

test("wordings of visits are ADNIMERGE's codes", async (t) => {
  const { visitCode } = await import('../src/layouts/adniCollection.ts');
  const cases = {
    sc: 'bl',
    bl: 'bl',
    m06: 'm06',
    M12: 'm12',
    'ADNI Screening': 'bl',
    'ADNI2 Baseline-New Pt': 'bl',
    'ADNI1/GO Month 6': 'm06',
    'ADNI1/GO Month 120': 'm120',
    'ADNI2 Year 1 Visit': 'm12',
    'ADNI3 Year 4 Visit': 'm48',
    y2: 'm24',
    nv: 'nv',
  };
  for (const [text, code] of Object.entries(cases)) t.is(visitCode(text), code, text);
});

test('whose diagnosis counts: the collection, baseline, or the visit', async (t) => {
  const merge = [
    'RID,PTID,VISCODE,DX_bl,AGE,PTGENDER,DX,ICV',
    '295,002_S_0295,bl,CN,84.8,Male,CN,1500000',
    '295,002_S_0295,m24,CN,84.8,Male,Dementia,-4',
    '413,002_S_0413,bl,AD,76,Female,Dementia,1',
    '413,002_S_0413,m24,AD,76,Female,,1',
    '',
  ].join('\n');
  const files = {
    'c.csv': collection(
      { id: '1', subject: '002_S_0295', group: 'MCI', visit: 'm24', age: '-1' },
      { id: '2', subject: '002_S_0413', group: 'CN', visit: 'm24' },
    ),
    [download('002_S_0295', 1)]: '',
    [download('002_S_0413', 2)]: '',
  };
  const root = await tree(t, { ...files, 'tables/ADNIMERGE_01Nov2026.csv': merge });
  const groups = async (diagnosis: string) =>
    open(description(`diagnosis: ${diagnosis}\nchoose: {visit: m24}`), root);
  t.deepEqual(people(await groups('collection')), ['002S0413 CN']);
  t.deepEqual(people(await groups('baseline')), ['002S0295 CN', '002S0413 AD']);
  const visit = await groups('visit');
  t.deepEqual(people(visit), ['002S0295 AD']);
  t.regex(excluded(t, visit, /0413/).reason, /lacks DX of ADNIMERGE.*\(m24\): nobody assessed it then/);
  t.regex(
    visit.notes.join(' '),
    /group .* is DX of ADNIMERGE at the visit of the image.*visit m24; by processing/,
  );
  // -4 and -1 mean missing.
  t.like(visit.subjects[0].columns, { ICV: 'n/a', Age: 'n/a', PTGENDER: 'Male' });
  await t.throwsAsync(open(description('diagnosis: visit'), await tree(t, files)), {
    instanceOf: CohortError,
    message: /there is no ADNIMERGE\.csv/,
  });
});

test('ADNIMERGE tables that contradict each other about a diagnosis are an error, repeated rows are none', async (t) => {
  const row = '295,002_S_0295,bl,CN,CN';
  const merge = (...rows: string[]): string => ['RID,PTID,VISCODE,DX_bl,DX', ...rows, ''].join('\n');
  const files = {
    'c.csv': collection({ id: '1', subject: '002_S_0295', age: '-4.0' }),
    [download('002_S_0295', 1)]: '',
    'ADNIMERGE.csv': merge(row, row),
  };
  const cohort = await open(description('diagnosis: visit'), await tree(t, files));
  t.deepEqual(people(cohort), ['002S0295 CN']);
  t.is(cohort.subjects[0].columns.Age, 'n/a');
  const old = { 'old/ADNIMERGE_2010.csv': merge('295,002_S_0295,bl,CN,Dementia') };
  await t.throwsAsync(open(description('diagnosis: visit'), await tree(t, { ...files, ...old })), {
    instanceOf: CohortError,
    message: /contradict each other about 002_S_0295 bl: DX is CN and Dementia.*2010/,
  });
});

test('what is still zipped, or was downloaded as DICOM, is said; image numbers are numbers', async (t) => {
  const root = await tree(t, {
    'c.csv': collection(
      { id: '1', subject: '002_S_0295' },
      { id: 'I0002', subject: '002_S_0413' },
      { id: '3', subject: '002_S_0413', format: 'DCM' },
    ),
    'ADNI.zip': '',
    [download('002_S_0413', 2)]: '',
    [download('002_S_0413', 3, 'S3', '.dcm')]: '',
  });
  const cohort = await open(description(), root);
  t.deepEqual(people(cohort), ['002S0413 CN']);
  t.regex(excluded(t, cohort, /I1 /).reason, /not below .*\. Unzip the 1 zip file there, or download it\.$/);
  const dicom = excluded(t, cohort, /I3 /);
  t.regex(dicom.reason, /as DICOM/);
  t.false(dicom.isProblem);
});

test('several unzipped downloads lie side by side, copies are reported', async (t) => {
  const root = await tree(t, {
    'part1/c.csv': collection({ id: '1', subject: '002_S_0295' }),
    'part2/c.csv': collection(
      { id: 'I2', subject: '002_S_0413', group: 'AD' },
      { id: 'I1', subject: '002_S_0295' },
    ),
    [download('002_S_0295', 1, 'S1', '.nii', 'part1/ADNI')]: '',
    [download('002_S_0413', 2, 'S2', '.nii', 'part2/ADNI')]: '',
    [download('002_S_0295', 1, 'S1', '.nii', 'part2/ADNI')]: '',
  });
  const cohort = await open(description(), root);
  t.deepEqual(people(cohort), ['002S0295 CN', '002S0413 AD']);
  t.regex(cohort.subjects[0].image, /part1/);
  const copy = excluded(t, cohort, /^part2/);
  t.false(copy.isProblem);
  t.regex(copy.reason, /second copy of image I1/);
});

test('collections that contradict each other, and broken tables, are errors', async (t) => {
  const root = await tree(t, {
    'a.csv': collection({ id: '1', subject: '002_S_0295', group: 'CN' }),
    'b.csv': collection({ id: 'I1', subject: '002_S_0295', group: 'AD' }),
  });
  await t.throwsAsync(open(description(), root), { instanceOf: CohortError, message: /contradict.*I1/ });
  await t.throwsAsync(
    open(description(), await tree(t, { 'a.csv': collection({ id: 'x1', subject: '002_S_0295' }) })),
    {
      instanceOf: CohortError,
      message: /image ID 'x1' in row 1/,
    },
  );
  await t.throwsAsync(open(description(), await tree(t, { 'other.csv': 'a,b\n1,2\n' })), {
    instanceOf: CohortError,
    message: /No image collection was found.*CSV files seen: other\.csv/,
  });
  await t.throwsAsync(
    open(
      description(),
      await tree(t, {
        'a.csv': collection({ id: '1', subject: '002_S_0295' }),
        'ADNI/002_S_0295/x_I1.dcm': '',
      }),
    ),
    { instanceOf: CohortError, message: /DICOM.*dcm2niix/ },
  );
});

test('a subject that is none, and a file in the folder of another, are refused', async (t) => {
  const root = await tree(t, {
    'c.csv': collection(
      { id: '1', subject: '../../etc' },
      { id: '2', subject: '002_S_0413' },
      { id: '3', subject: '002_S_0559' },
    ),
    [download('002_S_0295', 1)]: '',
    [download('002_S_0295', 2)]: '',
    [download('002_S_0559', 3)]: '',
  });
  const cohort = await open(description(), root);
  t.deepEqual(people(cohort), ['002S0559 CN']);
  t.regex(excluded(t, cohort, /etc/).reason, /is not an ADNI subject/);
  t.regex(excluded(t, cohort, /0413/).reason, /folder of 002_S_0295/);
});
