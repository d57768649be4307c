import { amountText } from '../../common/text/jobAmount';
import { stageText } from '../../common/text/jobStage';
import { printable } from '../../common/text/printable';
import type { JobSummary } from '../../common/workbench';
import type { StatusHandle, Workbench } from '../api';
import { sentence } from '../widgets/shared/errorText';
import { leftBehind, percentText, stateWords, timeLeftText } from './jobWords';

/** Tells of running jobs where they are not looked at: badge, status bar, and a notification when one ends. Lives as long as the page. */
export class JobNotices {
  /** State by job, as last seen; null before the first list, whose ends are no news. */
  private seen: Map<string, JobSummary['state']> | null = null;
  private item: StatusHandle | null = null;

  constructor(private readonly workbench: Workbench) {
    workbench.jobs.onDidChange(() => this.update());
    this.update();
  }

  private update(): void {
    const { jobs } = this.workbench.jobs;
    if (!jobs) return;
    const running = jobs.filter(({ state }) => state === 'running');
    this.showBadge(running.length);
    this.showItem(running);
    for (const job of jobs) {
      if (this.seen?.get(job.id) === 'running' && job.state !== 'running') this.tellEnd(job);
    }
    this.seen = new Map(jobs.map(({ id, state }) => [id, state]));
  }

  private showBadge(count: number): void {
    const label = count === 1 ? '1 job is running' : `${count} jobs are running`;
    this.workbench.views.setBadge('jobs', count === 0 ? null : { text: String(count), label });
  }

  private showItem(running: readonly JobSummary[]): void {
    const [first] = running;
    if (!first) {
      this.item?.dispose();
      this.item = null;
      return;
    }
    const { progress, id, title } = first;
    const share = progress && progress.total > 0 ? ` ${percentText(progress)}` : '';
    const more = running.length > 1 ? ` (+${running.length - 1})` : '';
    const { icon, text: state } = stateWords(first);
    const doing = progress?.paused ? state : progress ? stageText({ ...progress, text: '' }).trim() : 'Job';
    const text = `$(${icon}) ${doing}${share}${more}`;
    const tooltip = [title, progress ? stageText(progress) : '', progress ? timeLeftText(progress) : '']
      .filter(Boolean)
      .join('\n');
    const change = { text, tooltip, command: 'jobs.open', args: { id } };
    if (this.item) this.item.update(change);
    else this.item = this.workbench.statusBar.add({ id: 'jobs', side: 'left', priority: 10, kind: 'prominent', ...change });
  }

  /** Of a job that is looked at, its editor tells it. */
  private tellEnd(job: JobSummary): void {
    const { editors, notifications } = this.workbench;
    const { active } = editors;
    if (document.hasFocus() && active?.input.type === 'job' && active.input.key === job.id) return;
    const { tone, text } = stateWords(job);
    const { result } = job;
    const facts = [result?.error?.message, result ? amountText(result) : '', leftBehind(job)];
    const detail = facts.flatMap((fact) => (fact ? [sentence(printable(fact))] : [])).join(' ');
    const options = {
      ...(detail ? { detail } : {}),
      actions: [{ label: 'Show job', run: () => editors.open({ type: 'job', key: job.id }) }],
    };
    const message = `${text}: ${job.title}`;
    if (tone === 'good' || tone === 'quiet') notifications.info(message, options);
    else if (tone === 'warning') notifications.warn(message, options);
    else notifications.error(new Error(message), options);
  }
}
