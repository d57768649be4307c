import type { EditorInput } from '../../api';

const KEPT = 100;

/** The editors that were shown, one after the other, as a browser keeps pages: going to another one forgets what lay forward. */
export class EditorTrail {
  private readonly visited: EditorInput[] = [];
  private index = -1;

  /** Notes that an editor is shown. */
  note({ type, key }: EditorInput): void {
    const current = this.visited[this.index];
    if (current?.type === type && current.key === key) return;
    this.visited.splice(this.index + 1);
    this.visited.push({ type, key });
    if (this.visited.length > KEPT) this.visited.shift();
    this.index = this.visited.length - 1;
  }

  /** Goes one editor back or forward; null at the end of the trail. */
  step(by: 1 | -1): EditorInput | null {
    const found = this.visited[this.index + by];
    if (!found) return null;
    this.index += by;
    return found;
  }
}
