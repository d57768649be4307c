/** exFAT. */
import { definePlugin } from '@diskwright/sdk';
import { exfatProvider } from './provider';

export default definePlugin({ filesystems: { exfat: exfatProvider } });
