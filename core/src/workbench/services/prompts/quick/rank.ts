import type { QuickItem } from '../../../api';
import { fuzzyMatch, type FuzzyMatch } from './fuzzy';

/** An item as it is listed, with what of it matched. */
export interface RankedItem<T extends QuickItem = QuickItem> {
  item: T;
  label: FuzzyMatch['ranges'];
  description: FuzzyMatch['ranges'];
}

const DESCRIPTION_PENALTY = 15;
/** A match that is so much worse than the best one is an accident of scattered letters. */
const LEAST_SHARE = 0.25;

/** The items that match, the best first; without a query all of them as they come. Items of a group stay together, the group with the best first. */
export function rank<T extends QuickItem>(query: string, items: readonly T[]): RankedItem<T>[] {
  if (query.trim() === '') return items.map((item) => ({ item, label: [], description: [] }));
  const all = items.flatMap((item) => {
    const label = fuzzyMatch(query, item.label);
    if (label) return [{ item, label: label.ranges, description: [], score: label.score }];
    const both = fuzzyMatch(query, `${item.label} ${item.description ?? ''} ${item.detail ?? ''}`);
    if (!both) return [];
    const end = item.label.length;
    return [
      {
        item,
        label: both.ranges.filter(([, to]) => to <= end),
        description: both.ranges
          .filter(([from]) => from > end)
          .map(([from, to]): [number, number] => [from - end - 1, to - end - 1])
          .filter(([, to]) => to <= (item.description ?? '').length),
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
    .map(({ item, label, description }) => ({ item, label, description }));
}
