import { html, nothing, type TemplateResult } from 'lit';
import type { LostFiles } from '../../common';
import { printable } from '../../common/text/printable';
import { formatSize, plural } from '../../common/text/size';
import { callout } from '../widgets/parts';
import { placesTable } from './placesTable';

type Piece = Pick<LostFiles['files'][number], 'device' | 'partition' | 'bytes' | 'firstOffset'>;

/**
 * What stood in the places that a job could not read.
 * @param lost `looking` while it is looked for; null when it cannot be told
 * @param open shows the sectors of a piece
 */
export function jobLostFiles(lost: LostFiles | null | 'looking', open: (piece: Piece) => void): TemplateResult {
  const heading = html`<h2>What is lost</h2>`;
  if (lost === 'looking')
    return html`${heading}
      <p role="status">Looking which files lie in these places…</p>`;
  if (!lost)
    return html`${heading}
      <p>What stood there is not known: the source is not there any more, or has changed.</p>`;
  const { files, fileCount, structures, structureCount, freeBytes, unknownBytes } = lost;
  return html`${heading}
  ${
    fileCount + structureCount + unknownBytes === 0
      ? callout('success', 'No file is lost: nothing but free space could not be read.')
      : nothing
  }
  ${fileCount > 0 ? html`<p>${fileCount === 1 ? 'One file has' : `${fileCount} files have`} lost bytes:</p>` : nothing}
  ${pieces(
    'Files with lost bytes',
    'File',
    files.map((file) => [file.path, file]),
    fileCount,
    open,
  )}
  ${structureCount > 0 ? html`<p>Hit as well, and to be checked with the tools of the filesystem:</p>` : nothing}
  ${pieces(
    'Structures with lost bytes',
    'Structure',
    structures.map((structure) => [structure.what, structure]),
    structureCount,
    open,
  )}
  ${freeBytes > 0 ? html`<p>${formatSize(freeBytes)} lay in free space: nothing is lost there.</p>` : nothing}
  ${unknownBytes > 0 ? html`<p>${formatSize(unknownBytes)} lay where no plugin can tell which file it is.</p>` : nothing}`;
}

function pieces(
  label: string,
  what: string,
  rows: readonly (readonly [string, Piece])[],
  count: number,
  open: (piece: Piece) => void,
): unknown {
  if (rows.length === 0) return nothing;
  return html`${placesTable(
    label,
    html`<th scope="col">${what}</th>
      <th scope="col">Partition</th>
      <th scope="col" class="dw-number">Lost</th>`,
    rows.map(([name, piece]) => ({
      cells: html`<td class="dw-lost-name">${printable(name)}</td>
        <td>${piece.partition || '–'}</td>
        <td class="dw-number" title="${piece.bytes} bytes">${formatSize(piece.bytes)}</td>`,
      openLabel: `of ${printable(name)} at byte ${piece.firstOffset}`,
      open: () => open(piece),
    })),
  )}
  ${count > rows.length ? html`<p class="dw-muted">And ${plural(count - rows.length, 'other')}.</p>` : nothing}`;
}
