import { Disposables, type Disposable, type View, type Workbench } from '../api';
import type { Views } from '../services/views';

const PLACES: readonly View['place'][] = ['sidebar', 'secondary', 'panel'];

/** Offers each view that there is in the palette and in the View menu, so that it is shown, and gets the focus, wherever it lies. Lives as long as the page. */
export function registerViewCommands({ commands, menus }: Workbench, views: Views): void {
  const offered = new Map<View, Disposable>();
  const offer = ({ id, title, order }: View, place: number): Disposable => {
    const both = new Disposables();
    const command = `${id}.show`;
    both.add(
      commands.register({
        id: command,
        title: `Show ${title}`,
        category: 'View',
        run: () => void views.reveal(id, { focus: true }),
      }),
    );
    both.add(menus.add('view', { command, group: '3_views', order: place * 100 + order }));
    return both;
  };
  const offerAll = (): void => {
    const there = new Map(PLACES.flatMap((name, place) => views.at(name).map(({ view }) => [view, place] as const)));
    for (const [view, commands] of offered) {
      if (there.has(view)) continue;
      commands.dispose();
      offered.delete(view);
    }
    for (const [view, place] of there) if (!offered.has(view)) offered.set(view, offer(view, place));
  };
  views.onDidChange(offerAll);
  offerAll();
}
