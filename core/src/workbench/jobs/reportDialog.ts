import { html, render } from 'lit';
import type { Workbench } from '../api';

/** Shows what happened in a job, and writes it to a file where that is wanted. @throws as `jobs/report` */
export async function showReport({ dialogs, host, notifications }: Workbench, id: string): Promise<void> {
  const { text } = await host.request('jobs/report', { id, path: null });
  const body = document.createElement('div');
  render(html`<pre class="dw-report" tabindex="0" aria-label="Report">${text}</pre>`, body);
  const button = await dialogs.show({
    title: 'Report',
    body,
    buttons: [
      { label: 'Save to file…', kind: 'primary' },
      { label: 'Copy', kind: 'normal' },
      { label: 'Close', kind: 'normal' },
    ],
  });
  if (button === 1) await navigator.clipboard.writeText(text);
  if (button !== 0) return;
  const path = await dialogs.chooseFile({ title: 'Save the report', mode: 'save', name: `job-${id}.txt` });
  if (path === undefined) return;
  await host.request('jobs/report', { id, path });
  notifications.info(`Report saved to ${path}`);
}
