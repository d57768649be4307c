/** Places that were visited, as a browser keeps pages: going somewhere forgets what lay forward. */
export class Visited<T> {
  private readonly places: T[] = [];
  private index = -1;

  constructor(private readonly limit = 200) {}

  visit(place: T): void {
    this.places.splice(this.index + 1);
    this.places.push(place);
    if (this.places.length > this.limit) this.places.shift();
    this.index = this.places.length - 1;
  }

  /** What is to be known of the present place when it is come back to. */
  update(place: T): void {
    if (this.index >= 0) this.places[this.index] = place;
  }

  canStep(by: 1 | -1): boolean {
    return this.index + by >= 0 && this.index + by < this.places.length;
  }

  /** Goes one place back or forward; undefined at the end. */
  step(by: 1 | -1): T | undefined {
    if (!this.canStep(by)) return undefined;
    this.index += by;
    return this.places[this.index];
  }
}
