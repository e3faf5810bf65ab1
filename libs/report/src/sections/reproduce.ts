import { html } from '../html.ts';
import type { Section } from '../page.ts';
import type { StudyReport } from '../studyInput.ts';

/** The commands, versions and times that lead to this page. */
export function reproduceSection({ commands, facts }: StudyReport): Section {
  const body = html`<pre>${commands.join('\n')}</pre>
<div class="scroll"><table><tbody>${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="whole" data-source="run.json">${value}</td></tr>`)}</tbody></table></div>
<p class="quiet">From run.json in the run folder, which has all options.</p>`;
  return { id: 'reproduce', heading: 'Reproduce', body };
}
