import type { BrowserWindow, Rectangle, Screen } from 'electron';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../common/files/makeFolder';

export interface WindowState {
  /** Without a place the system chooses one. */
  bounds: { width: number; height: number; x?: number; y?: number };
  isMaximized: boolean;
}

const FIRST: WindowState = { bounds: { width: 1280, height: 860 }, isMaximized: false };
/** So much of a window must lie on a screen for it to be reached. */
const REACHABLE_PIXELS = 80;

/** Where the window was last, unless it could not be seen there now. */
export function readWindowState(file: string, screen: Pick<Screen, 'getAllDisplays'>): WindowState {
  const stored = read(file);
  if (!stored) return FIRST;
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  if (areas.some((area) => reaches(stored.bounds, area))) return stored;
  const { width, height } = stored.bounds;
  return { bounds: { width, height }, isMaximized: stored.isMaximized };
}

/** Keeps the window's place whenever it is closed. */
export function rememberWindowState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    try {
      makeFolder(dirname(file));
      writeFileSync(`${file}.part`, JSON.stringify(state));
      renameSync(`${file}.part`, file);
    } catch {
      // That the window comes up elsewhere next time is no reason to keep it from closing.
    }
  });
}

function read(file: string): { bounds: Rectangle; isMaximized: boolean } | null {
  try {
    const { bounds, isMaximized } = JSON.parse(readFileSync(file, 'utf8')) as { bounds: Rectangle; isMaximized: unknown };
    const numbers = [bounds.x, bounds.y, bounds.width, bounds.height];
    const isValid = numbers.every(Number.isSafeInteger) && bounds.width > 0 && bounds.height > 0;
    return isValid ? { bounds, isMaximized: isMaximized === true } : null;
  } catch {
    return null;
  }
}

function reaches(window: Rectangle, area: Rectangle): boolean {
  const width = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const height = Math.min(window.y + window.height, area.y + area.height) - Math.max(window.y, area.y);
  return width >= REACHABLE_PIXELS && height >= REACHABLE_PIXELS;
}
