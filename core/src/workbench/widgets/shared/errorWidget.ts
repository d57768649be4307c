import { Widget } from '@lumino/widgets';
import { render } from 'lit';
import { errorBlock } from './blocks';

/** Stands in the place of a view or editor that could not be made. */
export class ErrorWidget extends Widget {
  constructor(title: string, error: unknown) {
    super();
    this.addClass('dw-error-widget');
    this.node.tabIndex = -1;
    render(errorBlock(title, error), this.node);
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }
}
