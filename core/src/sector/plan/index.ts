/** Applying plans: to overlays here, to devices by jobs. */
export { createSimulator } from './simulator';
