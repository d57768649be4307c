import { tool } from './tool';

/** What other programs see on a device: the words of wipefs, blkid and sfdisk, empty when they see nothing. */
export async function shows(device: string): Promise<string> {
  const wipefs = await tool('wipefs', '-n', '--noheadings', device);
  const blkid = await tool('blkid', '-p', device);
  const sfdisk = await tool('sfdisk', '-d', device);
  return wipefs.stdout + blkid.stdout + (sfdisk.status === 0 ? sfdisk.stdout : '');
}
