import { render, type TemplateResult } from 'lit';
import './dialog.css';

/**
 * A modal `<dialog>`: the browser keeps the focus and screen readers within, and Escape cancels it. Whoever opens it closes it; the focus then goes
 * back to where it was.
 */
export class Modal {
  readonly element = document.createElement('dialog');
  private readonly returnTo = document.activeElement;

  /** @param onCancel Escape was pressed */
  constructor(label: string, onCancel: () => void, className = '') {
    this.element.className = `dw-dialog ${className}`;
    this.element.setAttribute('aria-label', label);
    this.element.addEventListener('cancel', (event) => {
      event.preventDefault();
      onCancel();
    });
    // Keys that are pressed in a dialog are none of the workbench's.
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        event.preventDefault();
        onCancel();
      }
      event.stopPropagation();
    });
  }

  open(content: TemplateResult): void {
    this.draw(content);
    document.body.append(this.element);
    this.element.showModal();
  }

  draw(content: TemplateResult): void {
    render(content, this.element);
  }

  close(): void {
    this.element.close();
    this.element.remove();
    if (this.returnTo instanceof HTMLElement && this.returnTo.isConnected) this.returnTo.focus({ preventScroll: true });
  }
}
