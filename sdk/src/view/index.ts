/** For the page of a view: the workbench around it. Runs in a browser; imports nothing of Node. */
export { acquireDiskwright, type DiskwrightView, ViewError } from './acquireDiskwright';
export * from './viewMessages';
