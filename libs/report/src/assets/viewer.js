// Two linked NiiVue views of group T maps over the template; all volumes are in the page itself.
(async () => {
  const section = document.getElementById('viewer');
  const status = document.getElementById('viewer-status');
  const settings = JSON.parse(document.getElementById('viewer-data').textContent);
  const { Niivue, NVImage } = globalThis.niivue;
  const field = (id) => document.getElementById(id);
  const load = async (entry) =>
    NVImage.loadFromBase64({ base64: entry.base64, name: entry.name, colormap: entry.colormap ?? 'gray' });

  const shown = (value) => (Number.isFinite(value) ? value.toFixed(2).replace('-', '\u2212') : 'not tested');
  // The two-sided p of Student's t, uncorrected, for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4).
  const pOf = (t) => {
    const degrees = settings.degreesOfFreedom;
    const isOdd = degrees % 2 === 1;
    const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    let term = isOdd ? cosine : 1;
    let sum = 0;
    for (let k = isOdd ? 1 : 0; k <= degrees - 2; k += 2) {
      sum += term;
      term *= (cosine ** 2 * (k + 1)) / (k + 2);
    }
    return Math.max(0, 1 - (isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum));
  };
  const shownP = (t) => {
    if (!Number.isFinite(t)) return '';
    const p = pOf(t);
    return ` (p ${p < 0.0001 ? '< 0.0001' : Number(p.toPrecision(2))})`;
  };
  const place = (value) => value.toFixed(0).replace('-', '\u2212');
  const views = [];

  const addOverlay = async (view, id) => {
    for (const old of view.niivue.volumes.slice(1)) view.niivue.removeVolume(old);
    const entry = settings.maps.find((map) => map.id === id);
    const image = await load({ ...entry, name: `${entry.id}.nii.gz`, colormap: 'oinr-warm' });
    image.colormapNegative = 'oinr-cold';
    image.colorbarVisible = true;
    view.niivue.addVolume(image);
    applyThreshold(view);
  };

  const applyThreshold = (view) => {
    const image = view.niivue.volumes[1];
    if (!image) return;
    const low = Number(field('viewer-threshold').value);
    const high = Math.max(Number(field('viewer-highest').value), low + 0.1);
    image.cal_min = low;
    image.cal_max = high;
    image.cal_minNeg = -high;
    image.cal_maxNeg = -low;
    image.opacity = 1;
    view.niivue.updateGLVolume();
  };

  const tell = (mm) => {
    const texts = views.map((view) => {
      const image = view.niivue.volumes[1];
      const voxel = image ? image.mm2vox(mm) : undefined;
      const t = voxel ? image.getValue(...voxel) : Number.NaN;
      return `${view.select.selectedOptions[0].textContent}: T ${shown(t)}${shownP(t)}`;
    });
    field('viewer-location').textContent =
      `x ${place(mm[0])}, y ${place(mm[1])}, z ${place(mm[2])} mm. ${texts.join('; ')}`;
  };

  const goTo = (mm) => {
    for (const one of views) {
      one.niivue.scene.crosshairPos = one.niivue.mm2frac(mm);
      one.niivue.drawScene();
    }
    ['x', 'y', 'z'].forEach((axis, index) => {
      field(`viewer-${axis}`).value = Math.round(mm[index]);
    });
    tell(mm);
  };

  try {
    for (const side of ['left', 'right']) {
      const niivue = new Niivue({
        backColor: [0, 0, 0, 1],
        crosshairWidth: 0.4,
        crosshairColor: [0.7, 0.75, 0.7, 0.8],
        fontColor: [1, 1, 1, 1],
        isColorbar: true,
        isOrientCube: false,
        // Voxels as they are: what is seen is what was tested.
        isNearestInterpolation: true,
        isRadiologicalConvention: false,
        dragAndDropEnabled: false,
        loadingText: '',
        // Never the 3-D rendering: it is slow without a GPU and says nothing that the cuts do not.
        multiplanarShowRender: 0,
        multiplanarLayout: 3,
      });
      await niivue.attachTo(`viewer-${side}`);
      niivue.addColormap('oinr-warm', settings.warm);
      niivue.addColormap('oinr-cold', settings.cold);
      niivue.addVolume(await load({ base64: settings.template, name: 'template.nii.gz' }));
      niivue.volumes[0].colorbarVisible = false;
      niivue.setShowAllOrientationMarkers(true);
      niivue.setSliceType(niivue.sliceTypeMultiplanar);
      const view = { niivue, select: field(`viewer-${side}-map`) };
      views.push(view);
      view.select.addEventListener('change', async () => {
        await addOverlay(view, view.select.value);
        tell([...'xyz'].map((axis) => Number(field(`viewer-${axis}`).value)));
      });
      await addOverlay(view, view.select.value);
    }
    const [left, right] = views;
    left.niivue.broadcastTo([right.niivue], { '2d': true, '3d': true });
    right.niivue.broadcastTo([left.niivue], { '2d': true, '3d': true });
    for (const view of views) {
      view.niivue.onLocationChange = ({ mm }) => {
        ['x', 'y', 'z'].forEach((axis, index) => {
          field(`viewer-${axis}`).value = Math.round(mm[index]);
        });
        tell([...mm].slice(0, 3));
      };
    }
    field('viewer-level').addEventListener('change', () => {
      const t = field('viewer-level').value;
      if (t === '') return;
      const slider = field('viewer-threshold');
      // Between the steps of the slider, and beyond its end where nothing is significant.
      slider.step = 'any';
      slider.max = Math.max(Number(slider.max), Number(t));
      slider.value = t;
      field('viewer-threshold-value').value = Number(t).toFixed(2);
      for (const view of views) applyThreshold(view);
    });
    for (const id of ['viewer-threshold', 'viewer-highest']) {
      field(id).addEventListener('input', () => {
        if (id === 'viewer-threshold') {
          field('viewer-level').value = '';
          field(id).step = '0.1';
        }
        field(`${id}-value`).value = Number(field(id).value).toFixed(1);
        for (const view of views) applyThreshold(view);
      });
    }
    for (const axis of ['x', 'y', 'z']) {
      field(`viewer-${axis}`).addEventListener('change', () => {
        goTo([...'xyz'].map((one) => Number(field(`viewer-${one}`).value)));
      });
    }
    for (const button of section.querySelectorAll('button[data-peak]')) {
      button.addEventListener('click', () => goTo(JSON.parse(button.dataset.peak)));
    }
    goTo(settings.start);
    section.dataset.ready = 'true';
    status.textContent = '';
  } catch (error) {
    section.dataset.ready = 'failed';
    status.textContent = `The viewer could not start (${error instanceof Error ? error.message : error}). It needs a browser with WebGL 2; the figures on this page show the same maps.`;
  }
})();
