/** Operations that are cut, killed and starved: each a small scene, the real plan for it, and the tools that judge its end. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobOptions } from '../../core/src/common/index';
import { sha256 } from '../../core/src/common/plan/index';
import { type Plan } from '@diskwright/sdk/protocol';
import { cli } from '../support/cli';
import { addOldSignatures } from '../support/oldSignatures';
import { must } from '../support/tool';

const MIB = 1024 * 1024;
const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';

/** The tools that make and judge the scenes. */
export const OPERATION_TOOLS = ['sgdisk', 'mkfs.ext4', 'e2fsck', 'wipefs', 'blkid', 'sfdisk', 'dd', 'cc'];

/** Something that can be applied, from a scene that stands before it. */
export interface Operation {
  readonly name: string;
  /** What is on the plan's devices before it. */
  readonly images: ReadonlyMap<string, Buffer>;
  /** Names of the plan's devices that must stay as they are. */
  readonly sources: readonly string[];
  readonly target: string;
  readonly planPath: string;
  readonly blobsFolder: string;
  readonly digest: string;
  /** Whether nothing may be seen on the target from the end of the invalidation to the commit. */
  readonly hidesTarget: boolean;
  /** Of its job. */
  readonly options?: JobOptions;
  /** Folder of the job that it undoes, which must lie beside its own job; null when it undoes none. */
  readonly undoneJob: string | null;
  /** Judges an image of the target after the operation, by tools. @throws when it is not sound */
  judge(target: string): Promise<void>;
}

/** Makes the scene of an operation in an empty folder. */
export type OperationMaker = (folder: string) => Promise<Operation>;

export const OPERATIONS: Readonly<Record<string, OperationMaker>> = {
  'clone of a disk': (folder) => makeClone(folder, 8),
  'layout edit: a partition moved, another made': makeLayoutEdit,
  'undo of a clone': makeUndo,
};

/** A clone that saves all that it overwrites. */
export async function makeUndoableClone(folder: string): Promise<Operation> {
  return { ...(await makeClone(folder, 8)), options: { undoBudget: 64 * MIB } };
}

/** Of a disk of so many MiB, half of which are files. */
export async function makeClone(folder: string, mebibytes: number): Promise<Operation> {
  const size = mebibytes * MIB;
  const length = size - 3 * MIB;
  const source = join(folder, 'source.img');
  const target = join(folder, 'target.img');
  await makeDisk(source, folder, { size, start: MIB, length });
  await makeDisk(target, folder, { size, start: 2 * MIB, length: length - MIB });
  await addOldSignatures(target, size);
  const judge = async (path: string): Promise<void> => {
    await must('sgdisk', '--verify', path);
    await judgePartition(path, folder, MIB, length);
  };
  const plan = ['clone', 'disk', source, target];
  return operationOf('clone of a disk', folder, plan, '', { source, target }, { hidesTarget: true, judge });
}

async function makeLayoutEdit(folder: string): Promise<Operation> {
  const create = { kind: 'create', start: 9 * MIB, size: MIB, type: LINUX, name: 'new' };
  return makeMove(folder, { size: 12 * MIB, start: 2 * MIB, length: 5 * MIB, to: 3 * MIB }, [create]);
}

/** A partition with more than 128 MiB in use, moved to the left and grown to where it ended. */
export function makeLargeMove(folder: string): Promise<Operation> {
  const [start, length, to] = [20 * MIB, 280 * MIB, 4 * MIB];
  const grow = { kind: 'resize', number: 1, size: start + length - to };
  return makeMove(folder, { size: 304 * MIB, start, length, to }, [grow]);
}

/** A partition goes to another place of its disk, with what else is asked for. */
async function makeMove(
  folder: string,
  { to, ...at }: { size: number; start: number; length: number; to: number },
  more: readonly object[],
): Promise<Operation> {
  const target = join(folder, 'disk.img');
  await makeDisk(target, folder, at);
  const operations = [{ kind: 'move', number: 1, start: to }, ...more];
  const judge = async (path: string): Promise<void> => {
    await must('sgdisk', '--verify', path);
    await judgePartition(path, folder, to, at.length);
  };
  const input = JSON.stringify({ device: target, operations });
  const call = ['call', 'partition-edit.apply', '--input', '-'];
  return operationOf('layout edit', folder, call, input, { target }, { hidesTarget: false, judge });
}

/** Of a clone that has saved all that it overwrote. */
async function makeUndo(folder: string): Promise<Operation> {
  const clone = await makeClone(folder, 8);
  const target = join(folder, 'target.img');
  const before = clone.images.get('target')!;
  const home = join(folder, 'planning');
  const applied = await cli(['plan', 'apply', clone.planPath, '--yes', '--undo-budget', '64M', '--json'], { home });
  if (applied.status !== 0) throw new Error(`nothing was cloned: ${applied.stderr}`);
  const [job] = JSON.parse((await cli(['jobs', 'list', '--json'], { home })).stdout) as { id: string }[];
  const undoneJob = join(home, 'jobs', job!.id);
  const judge = async (path: string): Promise<void> => {
    if (!(await readFile(path)).equals(before)) throw new Error('the target does not hold what stood there before the clone');
  };
  const devices = { target, 'preimages-0-0': join(undoneJob, 'preimages-0-0') };
  return operationOf('undo', folder, ['jobs', 'undo', job!.id], '', devices, { hidesTarget: true, judge, undoneJob });
}

async function operationOf(
  name: string,
  folder: string,
  arguments_: string[],
  input: string,
  devices: Record<string, string>,
  more: Pick<Operation, 'hidesTarget' | 'judge'> & Partial<Pick<Operation, 'undoneJob'>>,
): Promise<Operation> {
  const planPath = join(folder, `${name}.plan`);
  const made = await cli([...arguments_, '--plan', planPath], { home: join(folder, 'planning'), input });
  if (made.status !== 0) throw new Error(`no plan was made: ${made.stderr}${made.stdout}`);
  const bytes = await readFile(planPath);
  const images = new Map<string, Buffer>();
  for (const [device, path] of Object.entries(devices)) images.set(device, await readFile(path));
  const sources = (JSON.parse(bytes.toString('utf8')) as Plan).devices.filter(({ role }) => role === 'source');
  return {
    name,
    images,
    sources: sources.map((device) => device.name),
    target: 'target',
    planPath,
    blobsFolder: `${planPath}.blobs`,
    digest: sha256(bytes),
    undoneJob: null,
    ...more,
  };
}

/** A GPT with one ext4 partition that has files in it; the rest full of random bytes. */
async function makeDisk(path: string, folder: string, at: { size: number; start: number; length: number }): Promise<void> {
  const tree = join(folder, 'tree');
  await mkdir(tree);
  const fileBytes = Math.floor(at.length / 12);
  for (let index = 0; index < 6; index++) await writeFile(join(tree, `file-${index}`), randomBytes(fileBytes + index * 7));
  await writeFile(join(tree, 'zeros'), Buffer.alloc(300_000));
  const filesystem = join(folder, 'filesystem.img');
  await writeFile(filesystem, '');
  await truncate(filesystem, at.length);
  await must('mkfs.ext4', '-q', '-F', '-b', '4096', '-d', tree, filesystem);
  await writeFile(path, randomBytes(at.size));
  await must('sgdisk', '--zap-all', path).catch(() => undefined);
  await must('sgdisk', '--clear', '--set-alignment=1', `--new=1:${at.start / 1024}K:+${at.length / 1024}K`, path);
  await must('dd', `if=${filesystem}`, `of=${path}`, 'bs=1M', `seek=${at.start / MIB}`, 'conv=notrunc', 'status=none');
  await rm(tree, { recursive: true });
  await rm(filesystem);
}

async function judgePartition(path: string, folder: string, start: number, length: number): Promise<void> {
  const part = join(folder, 'judged.img');
  const blocks = [`skip=${start / MIB}`, `count=${length / MIB}`];
  await must('dd', `if=${path}`, `of=${part}`, 'bs=1M', ...blocks, 'status=none');
  await must('e2fsck', '-fn', part);
}
