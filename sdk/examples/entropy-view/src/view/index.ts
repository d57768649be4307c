/// <reference lib="dom" />
import { acquireDiskwright } from '@diskwright/sdk/view';
import { type Description, type EntropyRequest, MAX_COUNT } from '../shared';
import { BANDS, bandOf, colorOf, gridOf, paintCell } from './paint';

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const canvas = element<HTMLCanvasElement>('map');

const diskwright = await acquireDiskwright();
const { bytes, pieceBytes, pieces } = await diskwright.request<Description>('describe');
const entropies: (number | null | undefined)[] = [];
let selected = (diskwright.state as { selected?: number } | null)?.selected ?? 0;

function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(2))} ${units[power]}`;
}

function paint(): void {
  const { clientWidth, clientHeight } = canvas;
  canvas.width = clientWidth * devicePixelRatio;
  canvas.height = clientHeight * devicePixelRatio;
  const context = canvas.getContext('2d')!;
  const grid = gridOf(pieces, canvas.width, canvas.height);
  const place = (piece: number): [number, number] => [
    (piece % grid.columns) * grid.width,
    Math.floor(piece / grid.columns) * grid.height,
  ];
  const gap = grid.width > 6 * devicePixelRatio ? devicePixelRatio : 0;
  entropies.forEach((entropy, piece) => {
    if (entropy !== undefined) paintCell(context, entropy, ...place(piece), grid.width - gap, grid.height - gap);
  });
  context.strokeStyle = colorOf('--dw-foreground-strong');
  context.lineWidth = 2 * devicePixelRatio;
  context.strokeRect(...place(selected), grid.width, grid.height);
}

function describeSelected(): void {
  const entropy = entropies[selected];
  const said =
    entropy === undefined
      ? 'not measured yet'
      : entropy === null
        ? 'cannot be read'
        : `${entropy.toFixed(2)} bits a byte: ${bandOf(entropy).label}`;
  element('piece').textContent = `At ${selected * pieceBytes} (${size(selected * pieceBytes)}): ${said}`;
}

function select(piece: number): void {
  selected = Math.max(0, Math.min(pieces - 1, piece));
  diskwright.setState({ selected });
  describeSelected();
  paint();
}

/** From where it stopped when it was hidden: who does not look reads nothing. */
async function measure(): Promise<void> {
  while (diskwright.visible && entropies.length < pieces) {
    const first = entropies.length;
    const count = Math.min(MAX_COUNT, pieces - first);
    entropies.push(...(await diskwright.request<(number | null)[]>('entropy', { first, count } satisfies EntropyRequest)));
    element('status').textContent =
      entropies.length < pieces
        ? `${Math.floor((entropies.length / pieces) * 100)} % of ${size(bytes)} measured…`
        : `${size(bytes)} in ${pieces} pieces of ${size(pieceBytes)}`;
    describeSelected();
    paint();
  }
}

let measuring = false;

async function startMeasuring(): Promise<void> {
  if (measuring) return;
  measuring = true;
  try {
    await measure();
  } catch (error) {
    element('status').textContent = `It cannot be measured: ${(error as Error).message}`;
  } finally {
    measuring = false;
  }
}

function drawLegend(): void {
  element('legend').replaceChildren(
    ...BANDS.map(({ label, below }) => {
      const item = document.createElement('li');
      const sample = document.createElement('canvas');
      [sample.width, sample.height] = [28, 28];
      paintCell(sample.getContext('2d')!, below - 0.01, 0, 0, 28, 28);
      item.append(sample, label);
      return item;
    }),
  );
}

canvas.addEventListener('keydown', (event) => {
  const { columns } = gridOf(pieces, canvas.width, canvas.height);
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -pieces,
    End: pieces,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  select(selected + step);
});
canvas.addEventListener('click', ({ offsetX, offsetY }) => {
  const grid = gridOf(pieces, canvas.clientWidth, canvas.clientHeight);
  select(Math.floor(offsetY / grid.height) * grid.columns + Math.floor(offsetX / grid.width));
});
new ResizeObserver(paint).observe(canvas);
diskwright.onTheme(() => {
  drawLegend();
  paint();
});
diskwright.onVisible((visible) => {
  if (visible) void startMeasuring();
});
element('title').textContent = `Entropy of ${diskwright.subject}`;
drawLegend();
describeSelected();
void startMeasuring();
