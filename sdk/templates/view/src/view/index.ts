/// <reference lib="dom" />
import { acquireDiskwright } from '@diskwright/sdk/view';
import type { Pieces } from '../zeros';

const element = (id: string): HTMLElement => document.getElementById(id)!;

// The workbench around this page: its colours are on the document from now on, as var(--dw-background) and so on.
const diskwright = await acquireDiskwright();
element('title').textContent = `Zeros of ${diskwright.subject}`;

async function draw(): Promise<void> {
  const { count, pieceBytes } = await diskwright.request<Pieces>('describe');
  for (let piece = element('pieces').childElementCount; piece < count && diskwright.visible; piece++) {
    const empty = await diskwright.request<boolean>('isEmpty', piece);
    const item = document.createElement('li');
    item.className = empty ? 'zeros' : 'data';
    item.title = `From ${piece * pieceBytes}: ${empty ? 'only zeros' : 'anything else'}`;
    element('pieces').append(item);
    element('status').textContent = `${piece + 1} of ${count} pieces of ${pieceBytes} bytes`;
  }
}

let drawing: Promise<void> = Promise.resolve();
const drawNext = (): void => {
  drawing = drawing.then(draw).catch((error: Error) => {
    element('status').textContent = error.message;
  });
};
// Who does not look reads nothing.
diskwright.onVisible((visible) => {
  if (visible) drawNext();
});
drawNext();
