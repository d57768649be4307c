import { typeAhead } from './rowWindow';

/** Keys that follow each other this fast look for one word. */
const TYPING_MILLISECONDS = 800;

/** Finds rows by the first letters of their labels, as they are typed. */
export class TypeAhead {
  private typed = '';
  private typedAt = 0;

  /** The row that is meant, −1 when there is none such, null for a key that is no letter. */
  find(event: KeyboardEvent, labels: (row: number) => string, current: number, count: number): number | null {
    const { key, timeStamp } = event;
    if (key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return null;
    this.typed = (timeStamp - this.typedAt < TYPING_MILLISECONDS ? this.typed : '') + key;
    this.typedAt = timeStamp;
    return typeAhead(this.typed, labels, current, count);
  }
}
