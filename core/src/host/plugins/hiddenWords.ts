const MOST = 64;
const MASK = '•••';

/** Secrets that were handed to a plugin, and must not be read in what it prints. The last ones are kept. */
export class HiddenWords {
  private words: string[] = [];

  add(words: readonly string[]): void {
    this.words = [...new Set([...this.words, ...words.filter((word) => word !== '')])].slice(-MOST);
  }

  /** The text with a mask in their place, as they are and as JSON has them. */
  hide(text: string): string {
    return this.words.reduce(
      (hidden, word) => hidden.replaceAll(word, MASK).replaceAll(JSON.stringify(word).slice(1, -1), MASK),
      text,
    );
  }
}
