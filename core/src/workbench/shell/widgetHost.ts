import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** An element that Lumino widgets stand in, one visible at a time; tells them when its size changes. */
export class WidgetHost {
  private current: Widget | null = null;
  private readonly observer = new ResizeObserver(() => {
    if (this.current?.isVisible) MessageLoop.sendMessage(this.current, Widget.ResizeMessage.UnknownSize);
  });

  constructor(readonly element: HTMLElement) {
    element.classList.add('dw-widget-host');
    this.observer.observe(element);
  }

  get widget(): Widget | null {
    return this.current;
  }

  /** Shows a widget in the place of the one before, which is hidden and stays its owner's. */
  show(widget: Widget | null): void {
    if (widget === this.current) return;
    if (this.current && !this.current.isDisposed) this.current.hide();
    this.current = widget;
    if (!widget) return;
    if (widget.isAttached && widget.node.parentElement === this.element) widget.show();
    else {
      if (widget.isAttached) Widget.detach(widget);
      widget.show();
      Widget.attach(widget, this.element);
    }
  }
}
