import { type Html, html } from './html.ts';

/** What a paper that uses a run should cite, for a reference manager. */
export function bibTex(version: string): Html {
  return html`<p><button type="button" class="copy" data-text="bibtex">Copy BibTeX</button></p><pre id="bibtex">@inproceedings{pal2024oinr,
  title = {Implicit Representations via Operator Learning},
  author = {Pal, Sourav and Xiong, Hao and others},
  booktitle = {International Conference on Machine Learning},
  year = {2024}
}
@software{oinr,
  title = {{O-INR}: fill in missing slices of T1-weighted MRI, and test whether your group result survives},
  author = {{The O-INR pipeline authors}},
  version = {${version}}
}
@article{nichols2002,
  title = {Nonparametric permutation tests for functional neuroimaging: a primer with examples},
  author = {Nichols, Thomas E. and Holmes, Andrew P.},
  journal = {Human Brain Mapping},
  volume = {15},
  pages = {1--25},
  year = {2002}
}</pre>`;
}
