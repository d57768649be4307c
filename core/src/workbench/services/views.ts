import type { Widget } from '@lumino/widgets';
import { InvalidInputError } from '@diskwright/sdk/errors';
import { type Disposable, Emitter, type View, type ViewService } from '../api';
import { ErrorWidget } from '../widgets/shared/errorWidget';

type Place = View['place'];
type Badge = { text: string; label: string };

/** A registered view with what became of it. */
export interface KnownView {
  readonly view: View;
  /** Null until it was first shown. */
  widget: Widget | null;
  badge: Badge | null;
}

/** The part of the shell that shows the views of one place. */
export interface ViewHost {
  readonly visible: boolean;
  readonly current: string | null;
  show(id: string): void;
}

/** All views, made when they are first shown. One that cannot be made is shown as its error. */
export class Views implements ViewService {
  private readonly views = new Map<string, KnownView>();
  private readonly hosts = new Map<Place, ViewHost>();
  private readonly changed = new Emitter<void>();
  /** Views came or went, or their badges changed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly report: (error: unknown) => void) {}

  register(view: View): Disposable {
    if (this.views.has(view.id)) throw new InvalidInputError(`the view ${view.id} is registered already`);
    this.views.set(view.id, { view, widget: null, badge: null });
    this.changed.fire();
    return {
      dispose: () => {
        const known = this.views.get(view.id);
        if (known?.view !== view) return;
        this.views.delete(view.id);
        known.widget?.dispose();
        this.changed.fire();
      },
    };
  }

  reveal(id: string, options?: { focus?: boolean }): Widget {
    const known = this.known(id);
    this.hosts.get(known.view.place)?.show(id);
    const widget = this.widgetOf(known);
    if (options?.focus) widget.activate();
    return widget;
  }

  isVisible(id: string): boolean {
    const host = this.hosts.get(this.known(id).view.place);
    return host?.visible === true && host.current === id;
  }

  setBadge(id: string, badge: Badge | null): void {
    const known = this.known(id);
    if (known.badge?.text === badge?.text && known.badge?.label === badge?.label) return;
    known.badge = badge;
    this.changed.fire();
  }

  /** In the order in which they stand. */
  at(place: Place): KnownView[] {
    return [...this.views.values()].filter(({ view }) => view.place === place).sort((a, b) => a.view.order - b.view.order);
  }

  setHost(place: Place, host: ViewHost): void {
    this.hosts.set(place, host);
  }

  widgetOf(known: KnownView): Widget {
    if (known.widget === null || known.widget.isDisposed) {
      try {
        known.widget = known.view.create();
      } catch (error) {
        this.report(error);
        known.widget = new ErrorWidget(`The view ${known.view.title} cannot be shown`, error);
      }
      known.widget.addClass('dw-view');
    }
    return known.widget;
  }

  private known(id: string): KnownView {
    const known = this.views.get(id);
    if (!known) throw new InvalidInputError(`there is no view "${id}"`);
    return known;
  }
}
