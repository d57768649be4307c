/** A hand scrolls no further between two frames: it was a jump. */
const jumpBytes = 16 * 1024 * 1024;
const pauseSeconds = 0.5;

/** How fast it is scrolled, to read what will be seen next. */
export class ReadAhead {
  private last = { time: 0, offset: 0 };

  /** Bytes a second, negative upwards; after a pause or a jump nothing is known of where it goes next, which is 0. @param time milliseconds */
  speedAt(time: number, offset: number): number {
    const seconds = Math.max(0.001, (time - this.last.time) / 1000);
    const bytes = offset - this.last.offset;
    this.last = { time, offset };
    return seconds > pauseSeconds || Math.abs(bytes) > jumpBytes ? 0 : bytes / seconds;
  }
}
