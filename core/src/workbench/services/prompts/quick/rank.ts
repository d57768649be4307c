import { printable } from '../../../../common/text/printable';
import type { QuickItem } from '../../../api';
import { fuzzyMatch, type FuzzyMatch } from './fuzzy';

/** Texts of an item, in which characters that deceive are visible; empty when there is none. */
interface ShownTexts {
  label: string;
  description: string;
  detail: string;
}

/** An item as it is listed, with what of it matched. */
export interface RankedItem<T extends QuickItem = QuickItem> {
  item: T;
  /** Its texts as they are shown. */
  shown: ShownTexts;
  label: FuzzyMatch['ranges'];
  description: FuzzyMatch['ranges'];
}

const DESCRIPTION_PENALTY = 15;
/** A match that is so much worse than the best one is an accident of scattered letters. */
const LEAST_SHARE = 0.25;

/** The items that match, the best first; without a query all of them as they come. Items of a group stay together, the group with the best first. */
export function rank<T extends QuickItem>(query: string, items: readonly T[]): RankedItem<T>[] {
  if (query.trim() === '') return items.map(unranked);
  const all = items.flatMap((item) => {
    const shown = shownTexts(item);
    const label = fuzzyMatch(query, shown.label);
    if (label) return [{ item, shown, label: label.ranges, description: [], score: label.score }];
    const both = fuzzyMatch(query, `${shown.label} ${shown.description} ${shown.detail}`);
    if (!both) return [];
    const end = shown.label.length;
    return [
      {
        item,
        shown,
        label: both.ranges.filter(([, to]) => to <= end),
        description: both.ranges
          .filter(([from]) => from > end)
          .map(([from, to]): [number, number] => [from - end - 1, to - end - 1])
          .filter(([, to]) => to <= shown.description.length),
        score: both.score - DESCRIPTION_PENALTY,
      },
    ];
  });
  const least = Math.max(...all.map(({ score }) => score)) * LEAST_SHARE;
  const matches = all.filter(({ score, label }) => label.length === 0 || score >= least || least <= 0);
  const groupScore = new Map<string | undefined, number>();
  for (const { item, score } of matches) groupScore.set(item.group, Math.max(groupScore.get(item.group) ?? -Infinity, score));
  return matches
    .map((match, index) => ({ ...match, index }))
    .sort((a, b) => {
      const groups = a.item.group === b.item.group ? 0 : groupScore.get(b.item.group)! - groupScore.get(a.item.group)!;
      return groups || b.score - a.score || a.index - b.index;
    })
    .map(({ item, shown, label, description }) => ({ item, shown, label, description }));
}

/** An item without a query that it could match. */
export function unranked<T extends QuickItem>(item: T): RankedItem<T> {
  return { item, shown: shownTexts(item), label: [], description: [] };
}

function shownTexts({ label, description = '', detail = '' }: QuickItem): ShownTexts {
  return { label: printable(label), description: printable(description), detail: printable(detail) };
}
