import type { View, Workbench } from '../api';
import type { Views } from '../services/views';

const PLACES: readonly View['place'][] = ['sidebar', 'secondary', 'panel'];

/** Offers each view in the palette and in the View menu, so that it is shown, and gets the focus, wherever it lies. Lives as long as the page. */
export function registerViewCommands({ commands, menus }: Workbench, views: Views): void {
  const offer = ({ id, title, order }: View, place: number): void => {
    const command = `${id}.show`;
    if (commands.get(command)) return;
    commands.register({
      id: command,
      title: `Show ${title}`,
      category: 'View',
      run: () => void views.reveal(id, { focus: true }),
    });
    menus.add('view', { command, group: '3_views', order: place * 100 + order });
  };
  const offerAll = (): void =>
    PLACES.forEach((name, place) => {
      for (const { view } of views.at(name)) offer(view, place);
    });
  views.onDidChange(offerAll);
  offerAll();
}
