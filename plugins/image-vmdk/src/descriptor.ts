import { DamagedStructureError } from '@diskwright/sdk/errors';
import { SECTOR_BYTES } from './sparseHeader';

export const DESCRIPTOR_MARK = '# Disk DescriptorFile';
/** A descriptor of its own is some hundred bytes; one of a disk of many parts has a line for each. */
export const MAX_DESCRIPTOR_BYTES = 1024 * 1024;
const MAX_EXTENTS = 4096;
const NO_PARENT = 'ffffffff';

/** A part of the disk, in the order of the disk. */
export interface ExtentLine {
  access: string;
  /** Bytes. */
  length: number;
  /** `FLAT`, `SPARSE`, `ZERO`, `VMFS` … */
  kind: string;
  /** Relative to the descriptor, with slashes; empty of zeros. */
  file: string;
  /** Where the part begins in the file, bytes. */
  offset: number;
}

/** The text that tells what a VMDK image is made of. */
export interface Descriptor {
  createType: string;
  /** Changes whenever the disk is written to: what rests on it has to have been made since. Hexadecimal, in small letters. */
  contentId: string;
  /** Null: the disk rests on no other. */
  parent: { contentId: string; paths: string[] } | null;
  extents: ExtentLine[];
}

const EXTENT = /^(RW|RDONLY|NOACCESS)\s+(\d+)\s+([A-Z0-9]+)(?:\s+"([^"]*)"(?:\s+(\d+))?)?/;
const SETTING = /^([A-Za-z][\w.]*)\s*=\s*(.*)$/;

/** @throws DamagedStructureError when it makes no sense */
export function parseDescriptor(bytes: Buffer): Descriptor {
  const end = bytes.indexOf(0);
  const text = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  const settings = new Map<string, string>();
  const extents: ExtentLine[] = [];
  for (const line of text.split(/\r?\n|\r/).map((each) => each.trim())) {
    const extent = EXTENT.exec(line);
    const setting = extent ? null : SETTING.exec(line);
    if (extent) extents.push(extentOf(extent));
    else if (setting) settings.set(setting[1]!.toLowerCase(), unquoted(setting[2]!));
    if (extents.length > MAX_EXTENTS) throw damagedDescriptor(`it names more than ${MAX_EXTENTS} parts`);
  }
  const parentId = hexadecimal(settings.get('parentcid') ?? NO_PARENT);
  return {
    createType: settings.get('createtype') ?? '',
    contentId: hexadecimal(settings.get('cid') ?? ''),
    parent: parentId === NO_PARENT ? null : { contentId: parentId, paths: pathsOf(settings.get('parentfilenamehint') ?? '') },
    extents,
  };
}

export function damagedDescriptor(what: string): DamagedStructureError {
  return new DamagedStructureError('VMDK descriptor', `the descriptor of the VMDK image is damaged: ${what}`);
}

function extentOf([line, access, sectors, kind, file = '', offset = '0']: RegExpExecArray): ExtentLine {
  const extent = {
    access: access!,
    length: Number(sectors) * SECTOR_BYTES,
    kind: kind!,
    file: file.replaceAll('\\', '/'),
    offset: Number(offset) * SECTOR_BYTES,
  };
  if (!Number.isSafeInteger(extent.length) || !Number.isSafeInteger(extent.offset))
    throw damagedDescriptor(`"${line.slice(0, 80)}"`);
  return extent;
}

/** As the descriptor has it, then the name alone: a path may be that of another machine. */
function pathsOf(hint: string): string[] {
  const path = hint.replaceAll('\\', '/');
  return [...new Set([path, path.replace(/^.*\//s, '')])].filter((each) => each !== '');
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/** Numbers of 32 bits are compared as texts. */
function hexadecimal(text: string): string {
  return text.trim().toLowerCase().replace(/^0x/, '').padStart(8, '0');
}
