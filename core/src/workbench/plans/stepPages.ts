import type { Step } from '@diskwright/sdk/protocol';

const PAGE_STEPS = 256;
/** Pages that are kept; those asked for longest ago go first. */
const KEPT_PAGES = 64;

/** The steps of a plan, fetched by the page when they are looked at. */
export class StepPages {
  private readonly pages = new Map<number, Promise<Step[]>>();
  private readonly arrived = new Map<number, Step[]>();

  /**
   * @param fetch answers up to `count` steps from the index `from`
   * @param onArrive what was missing is there now, or cannot be had
   */
  constructor(
    private readonly fetch: (from: number, count: number) => Promise<Step[]>,
    private readonly onArrive: (error?: unknown) => void,
  ) {}

  /** The step, or undefined until its page is there; it is then being fetched. */
  peek(index: number): Step | undefined {
    const page = Math.floor(index / PAGE_STEPS);
    if (!this.pages.has(page)) {
      this.load(page).then(
        () => this.onArrive(),
        (error: unknown) => this.onArrive(error),
      );
    }
    return this.arrived.get(page)?.[index % PAGE_STEPS];
  }

  async get(index: number): Promise<Step> {
    const page = await this.load(Math.floor(index / PAGE_STEPS));
    const step = page[index % PAGE_STEPS];
    if (!step) throw new RangeError(`the plan has no step ${index}`);
    return step;
  }

  private load(page: number): Promise<Step[]> {
    const known = this.pages.get(page);
    if (known) return known;
    const loading = this.fetch(page * PAGE_STEPS, PAGE_STEPS);
    this.pages.set(page, loading);
    loading.then(
      (steps) => {
        this.arrived.set(page, steps);
        this.dropOldest();
      },
      // Asked for again when it is looked at again.
      () => this.pages.delete(page),
    );
    return loading;
  }

  private dropOldest(): void {
    for (const page of this.arrived.keys()) {
      if (this.arrived.size <= KEPT_PAGES) return;
      this.arrived.delete(page);
      this.pages.delete(page);
    }
  }
}
