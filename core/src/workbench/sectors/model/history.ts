/** Places that were visited, as a browser keeps pages: going somewhere forgets what lay forward. */
export class NavigationHistory {
  private readonly places: number[] = [];
  private index = -1;

  /** @param near a place no further than this from the present one replaces it: moving by keys is no visit */
  constructor(
    private readonly near: number,
    private readonly limit = 200,
  ) {}

  /** Notes where the cursor is now, after a move of any kind. */
  note(offset: number, jump: boolean): void {
    const current = this.places[this.index];
    if (current !== undefined && (current === offset || (!jump && Math.abs(current - offset) <= this.near))) {
      this.places[this.index] = offset;
      return;
    }
    this.places.splice(this.index + 1);
    this.places.push(offset);
    if (this.places.length > this.limit) this.places.shift();
    this.index = this.places.length - 1;
  }

  get canGoBack(): boolean {
    return this.index > 0;
  }

  get canGoForward(): boolean {
    return this.index < this.places.length - 1;
  }

  back(): number | null {
    return this.canGoBack ? (this.places[--this.index] ?? null) : null;
  }

  forward(): number | null {
    return this.canGoForward ? (this.places[++this.index] ?? null) : null;
  }
}
