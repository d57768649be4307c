import type { StateService } from '../api';

const KEY = 'plugin-views';
/** Of views that are no editors, which keep theirs themselves. */
const MAX_VIEWS = 16;

type States = Record<string, unknown>;

/** What the views beside and below the editors keep, by their ids; the last ones that kept something. */
export class ViewStates {
  private states: Promise<States> | null = null;

  constructor(private readonly service: StateService) {}

  async read(id: string): Promise<unknown> {
    const states = await this.load();
    return Object.hasOwn(states, id) ? states[id] : null;
  }

  async write(id: string, state: unknown): Promise<void> {
    const { [id]: _before, ...others } = await this.load();
    const kept = Object.fromEntries([...Object.entries(others), [id, state]].slice(-MAX_VIEWS));
    this.states = Promise.resolve(kept);
    this.service.write(KEY, kept);
  }

  private load(): Promise<States> {
    return (this.states ??= this.service.read<States>(KEY).then(
      (states) => states ?? {},
      () => ({}),
    ));
  }
}
