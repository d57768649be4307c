import { onTestFinished } from 'vitest';
import { must } from './tool';

/** Attaches a file to a loop device, which is gone when the test ends. Needs root. */
export async function loopDevice(
  file: string,
  options: { sectorSize?: number; offset?: number; sizeLimit?: number; readOnly?: boolean } = {},
): Promise<string> {
  const arguments_ = ['--find', '--show'];
  if (options.sectorSize) arguments_.push('--sector-size', String(options.sectorSize));
  if (options.offset) arguments_.push('--offset', String(options.offset));
  if (options.sizeLimit) arguments_.push('--sizelimit', String(options.sizeLimit));
  if (options.readOnly) arguments_.push('--read-only');
  const device = (await must('losetup', ...arguments_, file)).trim();
  onTestFinished(async () => {
    await must('losetup', '--detach', device);
  });
  return device;
}
