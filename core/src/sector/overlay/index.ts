/** Overlays: devices whose content is put together from others. */
export { OverlayBuilder } from './overlayBuilder';
export { createOverlayOpener } from './overlayOpener';
export { removeOverlay } from './removeOverlay';
export type { OverlayContext } from './openOverlay';
