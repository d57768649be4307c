import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LightElement } from '../../widgets/lightElement';
import { emptyBlock } from '../../widgets/shared/blocks';
import type { PictureType } from './contentKind';
import { type PictureSize, pictureSize } from './pictureSize';

/** Four bytes each when it is decoded. */
const MAX_PIXELS = 64_000_000;

/** `<dw-picture-view>`: a picture, decoded by the browser and drawn on a canvas: no address of it is made that anything could load. */
@customElement('dw-picture-view')
export class PictureView extends LightElement {
  @property({ attribute: false }) bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  @property() type: PictureType = 'image/png';
  @property() label = '';
  @state() private problem: string | null = null;
  @state() private size: PictureSize | null = null;

  protected override updated(changed: PropertyValues): void {
    if (changed.has('bytes')) void this.draw();
  }

  protected override render(): TemplateResult {
    if (this.problem !== null) return emptyBlock('The picture cannot be shown', this.problem);
    const size = this.size ? `, ${this.size.width} by ${this.size.height} pixels` : '';
    return html`<div class="dw-picture-frame">
        <canvas role="img" aria-label=${`${this.label}${size}`}></canvas>
      </div>
      <p class="dw-muted dw-picture-size">${this.size ? `${this.size.width} × ${this.size.height} pixels` : ''}</p>`;
  }

  private async draw(): Promise<void> {
    const { bytes, type } = this;
    this.problem = null;
    const stated = pictureSize(bytes, type);
    if (!stated || stated.width * stated.height > MAX_PIXELS || stated.width < 1 || stated.height < 1) {
      const size = stated ? `It has ${stated.width} by ${stated.height} pixels` : 'Its header states no size';
      this.problem = `${size}. Pictures of up to ${MAX_PIXELS / 1e6} million pixels are shown; look at it as hex.`;
      return;
    }
    try {
      const bitmap = await createImageBitmap(new Blob([bytes], { type }));
      await this.updateComplete;
      if (this.bytes === bytes) this.paint(bitmap);
      bitmap.close();
    } catch {
      if (this.bytes === bytes) this.problem = 'It is damaged, or cut off. Look at it as hex.';
    }
  }

  private paint(bitmap: ImageBitmap): void {
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    this.size = { width: bitmap.width, height: bitmap.height };
  }
}
